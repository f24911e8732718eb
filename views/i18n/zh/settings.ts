import type { settingsWords as English } from "../en/settings.ts";

/** 线程池的各项设置及其含义。 */
export const settingsWords: typeof English = {
  setting: {
    name: { label: "名称", help: "显示名称，不必唯一" },
    minThreads: { label: "最少线程", help: "空闲时保留的线程数" },
    maxThreads: { label: "最多线程", help: "同时运行的任务数上限" },
    isolation: {
      label: "隔离",
      help:
        "process：每个槽位一个子进程，可运行任意代码；thread：服务器内的 Web Worker，仅限可信代码",
    },
    permissions: { label: "权限", help: "任务代码可以访问的内容，其余一律拒绝" },
    "permissions.read": { label: "读取", help: "任务可读取的文件夹和文件" },
    "permissions.write": { label: "写入", help: "任务可写入的文件夹和文件" },
    "permissions.net": { label: "网络", help: "任务可访问的主机（可带 :端口）" },
    "permissions.env": { label: "环境变量", help: "任务可读取的变量" },
    memoryMb: { label: "内存（MiB）", help: "每个槽位可用的常驻内存（process 隔离）" },
    tasksPerThread: { label: "每线程任务数", help: "一个线程同时运行的任务数；等待型任务可大于 1" },
    queueCapacity: { label: "队列容量", help: "可以等待的任务数" },
    rejection: {
      label: "队列已满时",
      help: "reject：拒绝；wait：调用方等待；drop_oldest：取消最低优先级中最旧的任务",
    },
    runTimeoutMs: {
      label: "运行超时（毫秒）",
      help: "一次尝试可运行多久，任务可另行指定；留空：不限",
    },
    queueTimeoutMs: { label: "排队超时（毫秒）", help: "任务等待多久后失败；留空：不限" },
    stopGraceMs: { label: "停止宽限（毫秒）", help: "运行中的任务自行结束的时间" },
    priorityAgeingMs: { label: "优先级老化（毫秒）", help: "每等待这么久，优先级加一" },
    idleRetireMs: { label: "空闲线程结束时间（毫秒）", help: "仅限超出最少数的线程" },
    recycleAfterTasks: { label: "任务数后回收", help: "线程运行这么多任务后替换；留空：从不" },
    durability: {
      label: "持久性",
      help: "fsync：写入磁盘后才应答；relaxed：一秒内写入磁盘；memory：重启后不保留",
    },
    keepFinishedTasks: { label: "保留已结束任务数", help: "留空：与全局上限相同" },
    keepFinishedMs: { label: "已结束任务保留时间（毫秒）", help: "留空：只要有空间就保留" },
    warmSpare: { label: "预热备用线程", help: "所有线程忙碌时，若允许则预先启动下一个" },
    targetWaitMs: { label: "应保持的等待（毫秒）", help: "95% 的任务最多等待这么久：建议以此为准" },
    autoscale: {
      label: "自动调整大小",
      help: "off：只由人调整；suggest：说明会设置多少；apply：直接设置",
    },
    autoscaleMaxThreads: { label: "自动调整上限", help: "自动调整最多设置的线程数" },
    autoscaleCoolDownMs: {
      label: "自动调整间隔（毫秒）",
      help: "此时间内只修改一次；较少的线程一直够用这么久才减少",
    },
  },
};
