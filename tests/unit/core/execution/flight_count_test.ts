import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { FlightCount } from "../../../../core/execution/flight_count.ts";

Deno.test("FlightCount.busyMs() goes on while anything is in flight, and stands while nothing is", () => {
  const flight = new FlightCount();
  const nowMs = () => performance.now();
  strictEqual(flight.busyMs(nowMs() + 1_000), 0);
  const beganMs = nowMs();
  flight.add(2);
  flight.add(1);
  const addedMs = nowMs();
  const inAnHour = flight.busyMs(beganMs + 3_600_000);
  ok(inAnHour <= 3_600_000 && inAnHour >= 3_600_000 - (addedMs - beganMs), String(inAnHour));
  flight.remove(2);
  strictEqual(flight.count, 1);
  flight.remove(1);
  const busyMs = flight.busyMs(nowMs());
  ok(busyMs <= nowMs() - beganMs);
  deepStrictEqual([flight.busyMs(nowMs() + 9_000), flight.count], [busyMs, 0]);
  flight.remove(0);
  flight.add(1);
  ok(flight.busyMs(nowMs() + 1_000) >= busyMs + 1_000 - (nowMs() - beganMs));
});
