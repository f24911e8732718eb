/** A pool's settings, each with what it means, in English. */
export const settingsWords = {
  setting: {
    name: { label: "Name", help: "Label; need not be unique" },
    minThreads: { label: "Threads at least", help: "Threads that are kept when idle" },
    maxThreads: { label: "Threads at most", help: "As many tasks run at a time" },
    isolation: {
      label: "Isolation",
      help:
        "process: a child process a slot, any code; thread: a Web Worker in the server, trusted code",
    },
    permissions: { label: "Permissions", help: "What task code may reach; the rest is refused" },
    "permissions.read": { label: "Read", help: "Folders and files that tasks may read" },
    "permissions.write": { label: "Write", help: "Folders and files that tasks may write" },
    "permissions.net": { label: "Network", help: "Hosts (with :port) that tasks may reach" },
    "permissions.env": { label: "Environment", help: "Variables that tasks may read" },
    memoryMb: { label: "Memory, MiB", help: "Resident memory a slot may use (isolation process)" },
    tasksPerThread: {
      label: "Tasks per thread",
      help: "Tasks that one thread runs at a time; more than 1 for tasks that wait",
    },
    queueCapacity: { label: "Queue capacity", help: "Tasks that may wait" },
    rejection: {
      label: "When the queue is full",
      help:
        "reject: refuse; wait: the caller waits; drop_oldest: the oldest of the lowest priority is cancelled",
    },
    runTimeoutMs: {
      label: "Run timeout, ms",
      help: "How long one attempt may run, unless the task says; empty: no limit",
    },
    queueTimeoutMs: {
      label: "Queue timeout, ms",
      help: "How long a task may wait before it fails; empty: no limit",
    },
    stopGraceMs: {
      label: "Grace of a stop, ms",
      help: "Time that a running task has to end by itself",
    },
    priorityAgeingMs: {
      label: "Priority ageing, ms",
      help: "Waiting this long raises a task's priority by one",
    },
    idleRetireMs: {
      label: "Idle threads end after, ms",
      help: "Those above the least number",
    },
    recycleAfterTasks: {
      label: "Recycle after tasks",
      help: "Replace a thread after so many tasks; empty: never",
    },
    durability: {
      label: "Durability",
      help:
        "fsync: a submit is answered when it is on disk; relaxed: on disk within a second; memory: not kept over a restart",
    },
    keepFinishedTasks: {
      label: "Keep ended tasks",
      help: "How many; empty: as many as all pools may",
    },
    keepFinishedMs: { label: "Keep ended tasks for, ms", help: "Empty: as long as there is room" },
    warmSpare: {
      label: "Warm spare",
      help: "While all threads are busy, keep the next one started if there may be one",
    },
    targetWaitMs: {
      label: "Wait to keep, ms",
      help: "So long at the most 95 of 100 tasks should wait: advice keeps to it",
    },
    autoscale: {
      label: "Autoscale",
      help: "off: only people resize; suggest: says what it would set; apply: sets it",
    },
    autoscaleMaxThreads: {
      label: "Autoscale up to",
      help: "Threads at the most that autoscale sets",
    },
    autoscaleCoolDownMs: {
      label: "Autoscale cool-down, ms",
      help: "One change in this time; fewer only when fewer were enough for as long",
    },
  },
};
