import type { Command } from "commander";
import { type LidoClient, NotLidoError, UnreachedError } from "../client/mod.ts";
import { parseExactJson } from "../exact_json.ts";
import { addServerFlags, clientFor, type ServerFlags } from "../command_line.ts";
import { UsageError } from "../exit_code.ts";
import { findPoolId } from "../find_pool.ts";
import { addLeafOptions } from "../leaf_options.ts";
import { printable } from "../printable.ts";
import { readSubmissionFlags, SUBMISSION_FLAGS } from "../submission_flags.ts";
import { submitBatch, submitOne } from "../submit_tasks.ts";
import { TypeFlags } from "../type_flags.ts";
import { readText } from "../read_text.ts";
import type { World } from "../world.ts";
import { messageOf } from "../../core/model/errors.ts";

interface SubmitFlags extends ServerFlags {
  readonly pool: string;
  readonly input?: string;
  readonly file?: string;
  readonly batch?: string;
  readonly wait?: boolean;
  readonly help?: boolean;
}

/**
 * Adds `submit`. It is parsed twice: here the flags that every task has, in {@link TypeFlags} the
 * rest, by the schema of the type, which only the server knows.
 */
export function addSubmitCommand(program: Command, world: World): void {
  const submit = program.command("submit").description("submit a task, or a file of tasks")
    .usage("TYPE [options] [--FIELD VALUE…]")
    .helpOption(false)
    .argument("[type]", "a task type's name; with --batch the type of lines that name none")
    .allowUnknownOption()
    .allowExcessArguments()
    .option("--pool <pool>", "a pool's id, or its name while one open pool bears it", "default");
  addLeafOptions(submit, SUBMISSION_FLAGS);
  submit
    .option("--input <json>", "the input as JSON; --FIELD flags go on top of it")
    .option("--file <path>", "a file with the input as JSON; - is standard input")
    .option("--batch <path>", "a file with one task a line as JSON; - is standard input")
    .option("--wait", "wait for the end and print the result")
    .option("-h, --help", "display help for command, and with TYPE the flags of its input");
  addServerFlags(
    submit,
    "submit checksum --path docs --wait",
    `submit sleep --input '{"seconds":2}' --pool crunch --priority 5`,
    "submit checksum --path docs --tag nightly --idempotency-key docs-2026-11-28",
    "submit checksum --batch files.ndjson --wait --json",
  ).action(async () => {
    try {
      await runSubmit(submit, world);
    } catch (error) {
      throw withUrlHint(error, submit.opts<SubmitFlags>());
    }
  });
}

/** Whoever submits a request to somewhere may well take `--url` for the field of the input. */
function withUrlHint(error: unknown, { url }: SubmitFlags): unknown {
  const isElsewhere = error instanceof UnreachedError || error instanceof NotLidoError;
  if (isElsewhere && url !== undefined) {
    error.message += "\n  (--url names Lido's server; a field url of the input is --input-url)";
  }
  return error;
}

async function runSubmit(submit: Command, world: World): Promise<void> {
  const flags = submit.opts<SubmitFlags>();
  const { type, rest } = splitArguments(submit.args);
  if (flags.help) return await printHelp(submit, world, type);
  const client = clientFor(world, flags);
  if (flags.batch !== undefined) {
    return await runBatch(world, client, { flags, path: flags.batch, type, rest, submit });
  }
  if (type === undefined) throw new UsageError("Cannot submit task: TYPE must come first");
  const input = await readInput(world, client, { flags, type, rest, submit });
  await submitOne(world, client, {
    ...readSubmissionFlags(submit),
    pool_id: await findPoolId(client, flags.pool),
    task_type: type,
    ...(input === undefined ? {} : { input }),
  }, flags);
}

/** Commander puts what it does not know behind the operands: the first is the type, or a flag. */
function splitArguments(
  args: readonly string[],
): { readonly type: string | undefined; readonly rest: readonly string[] } {
  const [first, ...others] = args;
  return first?.startsWith("-") ? { type: undefined, rest: args } : { type: first, rest: others };
}

interface BatchRequest {
  readonly flags: SubmitFlags;
  readonly path: string;
  readonly type: string | undefined;
  readonly rest: readonly string[];
  readonly submit: Command;
}

async function runBatch(
  world: World,
  client: LidoClient,
  { flags, path, type, rest, submit }: BatchRequest,
): Promise<void> {
  const { idempotency_key: key, ...parts } = readSubmissionFlags(submit);
  const beside = [
    ...rest,
    ...(flags.input === undefined ? [] : ["--input"]),
    ...(flags.file === undefined ? [] : ["--file"]),
    ...(key === undefined ? [] : ["--idempotency-key"]),
  ];
  if (beside.length > 0) {
    throw new UsageError(
      `Cannot submit batch: its lines hold the inputs and keys, so ${beside[0]} has no meaning`,
    );
  }
  const text = await readText(world, path);
  const defaults = {
    ...parts,
    pool_id: await findPoolId(client, flags.pool),
    ...(type === undefined ? {} : { task_type: type }),
  };
  await submitBatch(world, client, { text, defaults }, flags);
}

interface InputRequest {
  readonly flags: SubmitFlags;
  readonly type: string;
  readonly rest: readonly string[];
  readonly submit: Command;
}

async function readInput(
  world: World,
  client: LidoClient,
  { flags, type, rest, submit }: InputRequest,
): Promise<unknown> {
  if (flags.input !== undefined && flags.file !== undefined) {
    throw new UsageError("Cannot submit task: --input and --file exclude each other");
  }
  const base = flags.input !== undefined
    ? parseJson(flags.input, "--input")
    : flags.file !== undefined
    ? parseJson(await readText(world, flags.file), flags.file)
    : undefined;
  return new TypeFlags(await client.getType(type), submit).read(rest, base);
}

function parseJson(text: string, source: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    const reason = messageOf(error);
    throw new UsageError(`Cannot read ${source} as JSON: ${reason}`);
  }
}

/** Without a server there is still the help that holds for every type. */
async function printHelp(submit: Command, world: World, type: string | undefined): Promise<void> {
  submit.outputHelp();
  if (type === undefined) return;
  try {
    const shown = await clientFor(world, submit.opts<SubmitFlags>()).getType(type);
    world.out.write(`\n${new TypeFlags(shown, submit).help()}`);
  } catch (error) {
    if (!(error instanceof UnreachedError)) throw error;
    world.err.write(`The flags of ${printable(type)} are not known. ${error.message}\n`);
  }
}
