/** A mail as it came in. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Head and body, as sent. */
  readonly data: string;
}

/** A mail server that notes what it is sent. */
export interface SmtpSink extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** All lines of commands. */
  readonly commands: readonly string[];
}

/** How a sink differs from a server that takes everything. */
export interface SmtpSinkOptions {
  /** Lines of the answer to EHLO. */
  readonly extensions?: readonly string[];
  /** Answers by the command's first word, instead of success. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly listener?: Deno.Listener | Deno.TlsListener;
}

const SUCCESS: Readonly<Record<string, string>> = {
  EHLO: "250 ok",
  MAIL: "250 ok",
  RCPT: "250 ok",
  AUTH: "235 accepted",
  DATA: "354 go on",
  QUIT: "221 bye",
};

/** Opens a sink on a free port of loopback. */
export function openSmtpSink(options: SmtpSinkOptions = {}): SmtpSink {
  const listener = options.listener ?? Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const talks: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const connection of listener) {
      // A client that goes away in the middle is the client's matter.
      talks.push(talk(connection, options, { mails, commands }).catch(() => {}));
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    mails,
    commands,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(talks);
    },
  };
}

async function talk(
  connection: Deno.Conn,
  { extensions = [], answers = {} }: SmtpSinkOptions,
  notes: { mails: ReceivedMail[]; commands: string[] },
): Promise<void> {
  using _closed = connection;
  const encoder = new TextEncoder();
  const say = (line: string) => connection.write(encoder.encode(`${line}\r\n`));
  const lines = readLines(connection);
  let from = "";
  let to: string[] = [];
  await say(answers["GREETING"] ?? "220 sink");
  for (;;) {
    const { value: line, done } = await lines.next();
    if (done) return;
    notes.commands.push(line);
    const word = line.split(" ")[0]?.toUpperCase() ?? "";
    if (word === "EHLO") { for (const one of ["sink", ...extensions]) await say(`250-${one}`); }
    if (word === "MAIL") from = line.slice(line.indexOf(":") + 1);
    if (word === "RCPT") to.push(line.slice(line.indexOf(":") + 1));
    const answer = answers[word] ?? SUCCESS[word] ?? "502 unknown";
    await say(answer);
    if (word === "QUIT") return;
    if (word !== "DATA" || !answer.startsWith("354")) continue;
    notes.mails.push({ from, to, data: await readData(lines) });
    to = [];
    await say(answers["MAIL_TAKEN"] ?? "250 taken");
  }
}

async function readData(lines: AsyncIterator<string>): Promise<string> {
  const data: string[] = [];
  for (;;) {
    const { value, done } = await lines.next();
    if (done || value === ".") return data.join("\r\n");
    data.push(value);
  }
}

async function* readLines(connection: Deno.Conn): AsyncGenerator<string> {
  let rest = "";
  for await (const text of connection.readable.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\r\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
