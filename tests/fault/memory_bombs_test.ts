/** Code that uses more memory than it may: it is ended, and the server has none of it. */
import { testRows } from "./hostile_rig.ts";

testRows(
  "bomb",
  [
    ...["arrays", "arrays_after_await", "arrays_in_timer", "arrays_in_microtask"],
    ...["arrays_that_catch", "map", "closures", "strings", "slow_leak", "array_buffers"],
    ...["one_array_buffer", "shared_buffers", "wasm_memory", "json_parse", "json_stringify"],
    ...["split", "huge_array", "structured_clone", "worker"],
  ].map((how) => ({ how, ends: "out_of_memory", says: /192 MiB/ })),
);
