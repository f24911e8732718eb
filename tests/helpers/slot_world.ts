import type { Attempt } from "../../core/execution/attempt.ts";
import { AttemptQueue } from "../../core/execution/attempt_queue.ts";
import { Dispatcher } from "../../core/execution/dispatcher.ts";
import { EndOrders } from "../../core/execution/end_orders.ts";
import { IdleWaits } from "../../core/execution/idle_waits.ts";
import { TypeTally } from "../../core/execution/type_tally.ts";
import { UserMetrics } from "../../core/execution/user_metrics.ts";
import { LoadTrace } from "../../core/execution/load_trace.ts";
import { Landing } from "../../core/execution/landing.ts";
import { POOL_SHAPE } from "../../core/execution/pool_shape.ts";
import type { Slot } from "../../core/execution/slot.ts";
import { SlotCrew } from "../../core/execution/slot_crew.ts";
import { StatsBlock } from "../../core/execution/stats_block.ts";
import { ThreadBudget } from "../../core/execution/thread_budget.ts";
import { PoolSettings, type PoolSettingsInput } from "../../core/model/pool.ts";
import { ScriptedThread } from "./scripted_thread.ts";

/** The parts of a pool without the pool: nothing is dispatched, and threads do what the test says. */
export class SlotWorld implements AsyncDisposable {
  readonly queue = new AttemptQueue();
  readonly stats = StatsBlock.create(POOL_SHAPE);
  readonly threads: ScriptedThread[] = [];
  readonly crew: SlotCrew;
  readonly dispatcher: Dispatcher;
  readonly waits: IdleWaits;
  readonly tally = new TypeTally();
  readonly userMetrics = new UserMetrics();
  readonly trace = new LoadTrace();
  readonly landing: Landing;
  readonly orders: EndOrders;
  /** How often something was free, at once or a little later, and how often a grace period began. */
  readonly calls = { dispatch: 0, planDispatch: 0, watch: 0 };

  constructor(input: Partial<PoolSettingsInput> = {}, budget = new ThreadBudget(4, 4)) {
    const settings = PoolSettings.parse({ name: "test", isolation: "thread", ...input });
    this.crew = new SlotCrew({
      owner: () => this.landing,
      budget,
      settings: () => settings,
      start: (slot) => {
        const thread = new ScriptedThread(slot, settings.isolation === "process" ? 1 : null);
        this.threads.push(thread);
        return thread;
      },
      onChange() {},
      onLoss() {},
    });
    this.dispatcher = new Dispatcher(this.queue, this.crew, () => {});
    this.waits = new IdleWaits(this.queue, this.crew);
    this.landing = new Landing({
      queue: this.queue,
      crew: this.crew,
      dispatcher: this.dispatcher,
      waits: this.waits,
      tally: this.tally,
      userMetrics: this.userMetrics,
      trace: this.trace,
      settings: () => settings,
      stats: () => this.stats,
      dispatch: () => void this.calls.dispatch++,
      planDispatch: () => void this.calls.planDispatch++,
    });
    this.orders = new EndOrders({
      queue: this.queue,
      crew: this.crew,
      landing: this.landing,
      watch: { soon: () => void this.calls.watch++ },
    });
  }

  /** A slot whose thread has begun the first of these attempts, and knows of the others. */
  open(...attempts: readonly Attempt[]): { slot: Slot; thread: ScriptedThread } {
    this.crew.want(this.crew.open.length + 1);
    const [slot, thread] = [this.crew.open.at(-1), this.threads.at(-1)];
    if (slot === undefined || thread === undefined) throw new TypeError("No slot was opened");
    thread.steps()[0]?.(); // it becomes ready
    thread.hear();
    if (attempts.length === 0) return { slot, thread };
    slot.send(attempts);
    slot.markRunning(performance.now());
    thread.hear();
    thread.begin();
    return { slot, thread };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const thread of this.threads) if (!thread.isDead) thread.die();
    await this.crew.close();
  }
}
