/** A stand-in for the manager: one pool and one task in memory, and a record of what was called. */
import {
  BulkOperations,
  EventFeed,
  type History,
  LidoError,
  PoolId,
  type PoolSnapshot,
  type ResizeInfo,
  type SavedView,
  type SystemStats,
  TaskId,
  type TaskSnapshot,
  type TaskType,
} from "../../core/mod.ts";
import type { RoutedManager } from "../../routes/app_env.ts";
import { alertWorld, channelBook, gaugeOf } from "./memory_alerts.ts";

/** The id of the pool that the fake has. */
export const POOL_ID: PoolId = PoolId.parse("01990000-0000-7000-8000-000000000001");
/** The id of the task that the fake has. */
export const TASK_ID: TaskId = TaskId.parse("01990000-0000-7000-8000-0000000000aa");
/** An id that the fake does not have, of a pool or a task. */
export const UNKNOWN_ID = "01990000-0000-7000-8000-ffffffffffff";

const PERCENTILES = { count: 7, p50: 1, p95: 2, p99: 3, max: 4 };
const COUNTS = {
  blocked: 1,
  scheduled: 2,
  pending: 3,
  running: 4,
  completed: 5,
  failed: 6,
  cancelled: 7,
  timedOut: 1,
  queueTimedOut: 0,
  rejected: 9,
};

/** The pool that the fake has. */
export const POOL: PoolSnapshot = {
  id: POOL_ID,
  state: "running",
  createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  settings: {
    name: "p",
    minThreads: 1,
    maxThreads: 4,
    isolation: "process",
    permissions: { read: ["/data"], write: [], net: [], env: [] },
    memoryMb: 512,
    tasksPerThread: 1,
    queueCapacity: 100,
    rejection: "reject",
    runTimeoutMs: null,
    queueTimeoutMs: 5,
    stopGraceMs: 5_000,
    priorityAgeingMs: 60_000,
    idleRetireMs: 60_000,
    recycleAfterTasks: null,
    durability: "fsync",
    keepFinishedTasks: null,
    keepFinishedMs: null,
    warmSpare: true,
    targetWaitMs: 1_000,
    autoscale: "off",
    autoscaleMaxThreads: 16,
    autoscaleCoolDownMs: 120_000,
  },
  settingsVersion: 1,
  counts: COUNTS,
  slots: [{
    index: 0,
    state: "busy",
    running: [{
      taskId: TASK_ID,
      name: "Nap",
      typeName: "sleep",
      runMs: 12,
      progress: { done: 1, total: 2 },
    }],
    done: 3,
    failed: 1,
    heartbeatAgeMs: 10,
    memoryBytes: 1024,
    busyMs: 99,
    pid: 4711,
  }],
  zombies: 0,
  oldestWaitMs: null,
  wait: PERCENTILES,
  run: PERCENTILES,
  startProblem: null,
};

/** The saved view that the fake has. */
export const VIEW: SavedView = {
  name: "Slow ones",
  query: "q=run%3A%3E5s&col=run",
  savedAtMs: Date.UTC(2026, 0, 2),
};

/** The task that the fake has: completed, with digits that no double can hold. */
export const TASK: TaskSnapshot = {
  id: TASK_ID,
  poolId: POOL_ID,
  name: "nap",
  type: "sleep",
  codeVersion: "0123456789abcdef",
  priority: 0,
  tags: ["a"],
  attempt: 1,
  submittedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  runTimeoutMs: null,
  inputJson: '{"seconds":1,"big":12345678901234567890}',
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  status: {
    state: "completed",
    slot: 0,
    startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 6),
    finishedAtMs: Date.UTC(2026, 0, 2, 3, 4, 7),
    runMs: 1000.4,
    resultJson: '{"camelCase":98765432109876543210}',
  },
  metrics: { rows: 3 },
  lateErrors: [{ atMs: Date.UTC(2026, 0, 2, 3, 4, 8), message: "late" }],
};

/** The totals that the fake has. */
export const STATS: SystemStats = {
  pools: 1,
  counts: COUNTS,
  threads: 4,
  busyThreads: 2,
  zombies: 0,
  oldestWaitMs: null,
  startedAtMs: Date.UTC(2026, 0, 2),
  memoryBytes: 5_000,
};

const NO_COUNTS = {
  submitted: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  timedOut: 0,
  queueTimedOut: 0,
  rejected: 0,
};
const SPAN = { mean: 1.5, max: 2 };

/** The history that the fake has: two steps of a minute, the first of them empty. */
export const HISTORY: History = {
  poolId: null,
  type: null,
  stepS: 60,
  fromMs: Date.UTC(2026, 0, 2, 3, 4),
  toMs: Date.UTC(2026, 0, 2, 3, 6),
  points: [{
    atMs: Date.UTC(2026, 0, 2, 3, 4),
    isFinished: true,
    seconds: 60,
    counts: NO_COUNTS,
    busyMs: 0,
    gauges: null,
    wait: null,
    run: null,
  }, {
    atMs: Date.UTC(2026, 0, 2, 3, 5),
    isFinished: false,
    seconds: 10,
    counts: {
      submitted: 30,
      completed: 20,
      failed: 5,
      cancelled: 4,
      timedOut: 2,
      rejected: 1,
      queueTimedOut: 1,
    },
    busyMs: 9_000,
    gauges: {
      pending: SPAN,
      running: SPAN,
      busyThreads: SPAN,
      threads: SPAN,
      maxThreads: SPAN,
      zombies: SPAN,
      oldestWaitMs: SPAN,
    },
    wait: PERCENTILES,
    run: PERCENTILES,
  }],
  markers: [
    { kind: "start", atMs: Date.UTC(2026, 0, 2, 3, 4, 1), wasClosed: true },
    {
      kind: "settings",
      atMs: Date.UTC(2026, 0, 2, 3, 4, 2),
      poolId: POOL_ID,
      version: 2,
      author: "ada",
      reason: null,
    },
  ],
};

const TYPE = {
  name: "sleep",
  description: "Sleeps",
  inputSchema: { type: "object", properties: { fileName: { type: "string" } } },
  outputSchema: null,
  examples: [{ seconds: 1 }],
  url: "file:///types/sleep.task.ts",
  codeVersion: "0123456789abcdef",
  isBuiltIn: true,
};

/** A call of one of the manager's methods. */
export interface Call {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The stand-in, and what was called of it. */
export interface FakeManager {
  readonly manager: RoutedManager;
  readonly calls: readonly Call[];
}

/** Makes a stand-in; `overrides` replace single methods. */
export function fakeManager(overrides: Partial<RoutedManager> = {}): FakeManager {
  const calls: Call[] = [];
  const methods = { ...defaultMethods(), ...overrides };
  const alerts = recorded(methods.alerts, calls);
  const channels = recorded(methods.channels, calls);
  return { manager: recorded({ ...methods, alerts, channels }, calls), calls };
}

/** The same object, of which each call is recorded. */
function recorded<Target extends object>(target: Target, calls: Call[]): Target {
  return new Proxy(target, {
    get(methods, name) {
      const method: unknown = Reflect.get(methods, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) => {
        calls.push({ method: String(name), args });
        return Reflect.apply(method, methods, args);
      };
    },
  });
}

function defaultMethods(): RoutedManager {
  return { ...poolMethods(), ...taskMethods(), ...systemMethods() };
}

/** What is told of a resize of {@link POOL}. */
export const RESIZE_INFO = {
  id: POOL_ID,
  name: "p",
  state: "running",
  maxThreads: 4,
  minThreads: 1,
  activeTasks: 7,
  canResize: true,
  suggestedMaxThreads: 9,
  reason: "Tasks wait",
  advice: {
    size: 9,
    keepsTarget: true,
    targetWaitMs: 1_000,
    arrivalRate: 7.5,
    meanRunMs: 1_000,
    utilisation: 7.5 / 9,
    seenTasks: 7_500,
    seenMs: 1_000_000,
    reason: "Tasks wait",
  },
  sizes: [
    { size: 4, waitP95Ms: null, utilisation: 7.5 / 4 },
    { size: 9, waitP95Ms: 640, utilisation: 7.5 / 9 },
  ],
  autoscale: "suggest",
  autoscaleSuggestion: { size: 9, reason: "Tasks wait" },
} as const satisfies ResizeInfo;

type PoolMethods = Pick<
  RoutedManager,
  | "listSettingsVersions"
  | "createPool"
  | "listPools"
  | "getPool"
  | "changePool"
  | "resizePool"
  | "readResizeInfo"
  | "revertPool"
  | "recyclePool"
  | "pausePool"
  | "resumePool"
  | "closePool"
  | "forceClosePool"
  | "cancelPending"
>;

function poolMethods(): PoolMethods {
  return {
    listSettingsVersions: (id) => {
      const { settings } = findPool(id);
      return Promise.resolve([{ version: 1, atMs: 0, author: null, reason: null, settings }]);
    },
    createPool: () => Promise.resolve(POOL),
    listPools: () => [POOL],
    getPool: findPool,
    changePool: async (id) => await findPool(id),
    resizePool: async (id) => {
      return { before: { minThreads: 0, maxThreads: 2 }, pool: await findPool(id) };
    },
    readResizeInfo: async (id) => ({ ...RESIZE_INFO, id: (await findPool(id)).id }),
    revertPool: async (id) => await findPool(id),
    recyclePool: (id) => findPool(id) && 1,
    pausePool: async (id) => await findPool(id),
    resumePool: async (id) => await findPool(id),
    closePool: async (id) => await findPool(id),
    forceClosePool: async (id) => {
      return { cancelledTasks: 3, stoppedTasks: 4, pool: await findPool(id) };
    },
    cancelPending: async (id) => await findPool(id) && 3,
  };
}

type TaskMethods = Pick<
  RoutedManager,
  | "submit"
  | "submitBatch"
  | "submitAgain"
  | "checkSubmission"
  | "getTask"
  | "listTasks"
  | "cancelTask"
  | "stopTask"
  | "changeTask"
  | "waitForTask"
  | "readLogs"
  | "readEvents"
  | "readAttempts"
>;

function taskMethods(): TaskMethods {
  return {
    submit: async ({ poolId }) => ({ task: await findPool(poolId) && TASK, isNew: true }),
    submitBatch: (submissions) => Promise.resolve(submissions.map(() => TASK_ID)),
    getTask: findTask,
    listTasks: (_filter, asked) =>
      Promise.resolve({
        tasks: [TASK],
        totalItems: 1,
        isTotalExact: true,
        nextCursor: null,
        prevCursor: null,
        page: "page" in asked ? 1 : null,
      }),
    cancelTask: findTask,
    stopTask: findTask,
    changeTask: findTask,
    submitAgain: findTask,
    checkSubmission: () => {},
    waitForTask: findTask,
    readEvents: async (id) => {
      await findTask(id);
      return [{ atMs: Date.UTC(2026, 0, 2, 3, 4, 5), event: "submit", attempt: 1, cause: null }];
    },
    readAttempts: async (id) => {
      await findTask(id);
      return [];
    },
    readLogs: async (id) => {
      await findTask(id);
      return [{ atMs: Date.UTC(2026, 0, 2, 3, 4, 6), level: "info", text: "hello", attempt: 1 }];
    },
  };
}

type SystemMethods = Omit<RoutedManager, keyof PoolMethods | keyof TaskMethods>;

function systemMethods(): SystemMethods {
  return {
    listTaskTypes: () => [TYPE],
    listBrokenTaskFiles: () => [{ url: "file:///types/bad.task.ts", reason: "No default export" }],
    getTaskType: findType,
    getStats: () => STATS,
    getHistory: async ({ poolId, type } = {}) => {
      if (poolId !== undefined) await findPool(poolId);
      if (type !== undefined) findType(type);
      return { ...HISTORY, poolId: poolId ?? null, type: type ?? null };
    },
    findPoolName: (id) => id === POOL_ID ? POOL.settings.name : undefined,
    getRecent: () => [],
    getRevision: () => "1",
    get bulk() {
      return new BulkOperations({ ...taskMethods(), checkChange: () => {} }, {
        nowMs: () => Date.UTC(2026, 0, 3),
        monotonicMs: () => 0,
      });
    },
    events: new EventFeed("life"),
    alerts: alertWorld([gaugeOf("lido_pools", 101)]).alerts,
    channels: channelBook(),
    listViews: () => [VIEW],
    saveView: (view) => Promise.resolve({ ...view, savedAtMs: VIEW.savedAtMs }),
    removeView: (name) => {
      if (name === VIEW.name) return Promise.resolve();
      throw new LidoError("view_not_found", `Cannot remove view: none is called ${name}`);
    },
    getLogLevel: () => ({ level: "info", configuredLevel: "info", untilMs: null }),
    setLogLevel: ({ level, forMs }) => ({
      level,
      configuredLevel: "info",
      untilMs: forMs === null ? null : Date.UTC(2026, 0, 2) + forMs,
    }),
    getHealth: () => ({ isHealthy: true, alerts: [], stats: STATS }),
    getTypeShares: () => ({ coveredMs: 0, types: [] }),
    readMetrics: () => [{
      kind: "gauge",
      name: "lido_pools",
      help: "Open pools",
      samples: [{ labels: {}, value: 1 }],
    }],
    getSelfTest: () =>
      Promise.resolve([{ name: "workers", isOk: true, detail: "Started in 12 ms" }]),
    checkJournal: () =>
      Promise.resolve([{ name: "journal counters", isOk: false, detail: "12 are 11" }]),
    backUp: () => {
      const content = new Blob(["whole"]).stream();
      return Promise.resolve({ bytes: 5, content });
    },
  };
}

function findType(name: string): TaskType {
  if (name === TYPE.name) return TYPE;
  throw new LidoError("task_type_not_found", `Cannot find task type: none is called ${name}`);
}

function findPool(id: PoolId): PoolSnapshot {
  if (id === POOL_ID) return POOL;
  throw new LidoError("pool_not_found", `Cannot find pool: no pool has the id ${id}`);
}

function findTask(id: TaskId): Promise<TaskSnapshot> {
  if (id === TASK_ID) return Promise.resolve(TASK);
  const message = `Cannot find task: no task has the id ${id}`;
  return Promise.reject(new LidoError("task_not_found", message));
}
