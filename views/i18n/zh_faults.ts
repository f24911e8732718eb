/**
 * What is wrong with a field, in Chinese. Faults come in English, of zod or of Lido's own schemas, as
 * programs get them; pages find each again here. One that is not here stays as it is.
 */

/** What a fault is told like, and the same in Chinese with what was put into it. */
export type FaultText = readonly [told: RegExp, say: (...parts: string[]) => string];

const TYPES: Readonly<Record<string, string>> = {
  string: "文本",
  number: "数字",
  int: "整数",
  integer: "整数",
  boolean: "布尔值",
  array: "列表",
  tuple: "列表",
  object: "对象",
  record: "对象",
  null: "空值",
};
const FORMATS: Readonly<Record<string, string>> = {
  email: "电子邮件地址",
  "email address": "电子邮件地址",
  uri: "URL",
  date: "日期",
  "ISO date": "日期",
  time: "时间",
  "ISO time": "时间",
  "date-time": "日期时间",
  "ISO datetime": "日期时间",
  duration: "时长",
  "ISO duration": "时长",
};
const BOUNDS: Readonly<Record<string, readonly [number: string, count: string]>> = {
  ">=": ["不得小于", "至少"],
  ">": ["必须大于", "必须多于"],
  "<=": ["不得大于", "至多"],
  "<": ["必须小于", "必须少于"],
  "exactly ": ["必须等于", "必须正好"],
};
const UNITS: Readonly<Record<string, string>> = {
  characters: "个字符",
  items: "项",
  entries: "项",
  bytes: "字节",
};
const URL_FAULTS: Readonly<Record<string, string>> = {
  "must be without spaces and line ends": "不得含空格和换行",
  "cannot be read": "无法解析",
  "must begin with http:// or https://": "必须以 http:// 或 https:// 开头",
  "must hold no user name and no password": "不得含用户名和密码",
  "must have no part after #": "不得含 # 之后的部分",
};

/** See the head of this file; the first that fits is meant. */
export const zhFaults: readonly FaultText[] = [
  [
    /^Invalid input: expected (.+), received undefined$/,
    (type) => `必填（${wordOf(TYPES, type)}）`,
  ],
  [
    /^Invalid input: expected (.+), received (\w+)$/,
    (type, got) => `必须是${wordOf(TYPES, type)}，而不是${wordOf(TYPES, got)}`,
  ],
  [/^Invalid input: expected (.+)$/s, (value) => `必须是 ${value}`],
  [/^Invalid option: expected one of (.+)$/s, (values) => `必须是以下之一：${values}`],
  [
    /^Too (?:small|big): expected \w+ to be (>=|<=|>|<|exactly )(\S+)$/,
    (sign, bound) => `${BOUNDS[sign]?.[0]} ${bound}`,
  ],
  [
    /^Too (?:small|big): expected \w+ to have (>=|<=|>|<|exactly )(\S+) (\w+)$/,
    (sign, bound, unit) => `${BOUNDS[sign]?.[1]} ${bound} ${wordOf(UNITS, unit)}`,
  ],
  [/^Too big: must not be above maxThreads$/, () => "不得大于最大线程数"],
  [/^Too big: at most 8 labels$/, () => "至多 8 个标签"],
  [/^Invalid string: must start with (.+)$/s, (text) => `必须以 ${text} 开头`],
  [/^Invalid string: must end with (.+)$/s, (text) => `必须以 ${text} 结尾`],
  [/^Invalid string: must include (.+)$/s, (text) => `必须包含 ${text}`],
  [/^Invalid string: must match pattern (.+)$/s, (pattern) => `必须符合正则表达式 ${pattern}`],
  [/^Invalid number: must be a multiple of (.+)$/, (step) => `必须是 ${step} 的倍数`],
  [/^Unknown field$/, () => "未知字段"],
  [/^Unknown field: there is none$/, () => "未知字段：不接受任何字段"],
  [/^Unknown field: did you mean (.+)\?$/s, (name) => `未知字段：是否指 ${name}？`],
  [/^Unknown field: known are (.+)$/s, (names) => `未知字段：已知的有 ${names}`],
  [/^Cannot be set here$/, () => "不能在此设置"],
  [/^Invalid: no comma and no control character$/, () => "不得含逗号和控制字符"],
  [/^Invalid: no comma and no NUL$/, () => "不得含逗号和 NUL 字符"],
  [/^Invalid: must hold no NUL$/, () => "不得含 NUL 字符"],
  [/^Invalid: must be one line of text$/, () => "必须是一行文字"],
  [/^Invalid: dots alone are no name$/, () => "名称不能只有点"],
  [
    /^Invalid: must be a host or an address, with :port or without$/,
    () => "必须是主机名或地址，可带 :端口",
  ],
  [/^Invalid: no port is above 65535$/, () => "端口不得大于 65535"],
  [/^Invalid: Lido's own variables are not given$/, () => "不提供 Lido 自己的变量"],
  [/^Invalid: must be the name of a variable$/, () => "必须是变量名"],
  [/^Invalid: must be a host's name or address$/, () => "必须是主机名或地址"],
  [
    /^Invalid: must be whsec_ and 24 to 64 bytes in base64$/,
    () => "必须是 whsec_ 加上 24 至 64 字节的 base64",
  ],
  [
    /^Invalid: user and password come together or not at all$/,
    () => "用户名和密码必须同时填写或同时留空",
  ],
  [/^Invalid URL: (.+)$/, (why) => `URL 无效：${wordOf(URL_FAULTS, why)}`],
  [/^Invalid: must be JSON$/, () => "必须是 JSON"],
  [
    /^Invalid: lower-case letters, digits and _, beginning with a letter$/,
    () => "只能用小写字母、数字和 _，并以字母开头",
  ],
  [/^Invalid: priority, poolId or both must be named$/, () => "必须填写优先级、线程池或两者"],
  [/^Invalid: must be a metric's name, such as (.+)$/, (name) => `必须是指标名，例如 ${name}`],
  [/^No metric is called so: did you mean (.+)\?$/, (name) => `没有此指标：是否指 ${name}？`],
  [
    /^Invalid: (.+) is a (.+), of which can be read (.+)$/,
    (metric, kind, readings) => `${metric} 是 ${kind}，可读取的有 ${readings}`,
  ],
  [/^(.+) has no such label: it has none$/, (metric) => `${metric} 没有标签`],
  [
    /^(.+) has no such label: it has (.+)$/,
    (metric, labels) => `${metric} 没有此标签，它有 ${labels}`,
  ],
  [/^Only of the reading share$/, () => "只用于读取方式 share"],
  [/^Needed: the labels of what is the part$/, () => "必填：作为其中一部分的标签"],
  [/^No channel is called (.+)$/s, (name) => `没有名为 ${name} 的渠道`],
  [/^Invalid input/, () => "输入无效"],
  [/^Invalid ([\w .-]+)$/, (format) => `不是有效的${wordOf(FORMATS, format)}`],
];

function wordOf(words: Readonly<Record<string, string>>, name: string): string {
  return words[name] ?? ` ${name}`;
}
