import { defineTask, z } from "lido";

const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));

export default defineTask({
  name: "fib",
  description: "Computes a Fibonacci number by recursion",
  input: z.number(),
  run: (n) => fib(n),
});
