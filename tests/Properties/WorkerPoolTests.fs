/// The pool of workers: every tile once, errors as if serial, any number of callers.
module Adjoint.Properties.WorkerPoolTests

open System
open System.Threading
open System.Threading.Tasks
open Expecto
open Adjoint.Execute

let private visits (pool: WorkerPool) count =
    let seen = Array.zeroCreate<int> count
    pool.For(count, fun tile -> Interlocked.Increment(&seen[tile]) |> ignore)
    seen

[<Tests>]
let tests =
    testList
        "worker pool"
        [
            testProperty "every tile runs once" (fun (threads: byte) (count: byte) ->
                use pool = WorkerPool.Create(1 + int threads % 4)
                Expect.equal (visits pool (int count)) (Array.create (int count) 1) "visits")

            testCase "a tile's own tiles run on its thread" (fun () ->
                use pool = WorkerPool.Create 3

                pool.For(
                    20,
                    fun _ ->
                        let thread = Environment.CurrentManagedThreadId
                        pool.For(20, fun _ -> Expect.equal Environment.CurrentManagedThreadId thread "thread")
                ))

            testCase "the error of the first failing tile comes out, whatever the threads" (fun () ->
                for threads in 1..4 do
                    use pool = WorkerPool.Create threads

                    for _ in 1..200 do
                        let fail tile =
                            if tile % 10 >= 7 then
                                raise (InvalidOperationException $"{tile}")

                        Expect.throwsC (fun () -> pool.For(100, fail)) (fun error -> Expect.equal error.Message "7" "tile")

                    Expect.equal (visits pool 50) (Array.create 50 1) "works on")

            testCase "many callers make progress" (fun () ->
                use pool = WorkerPool.Create 3

                let call () =
                    for count in 1..300 do
                        Expect.equal (Array.sum (visits pool (count % 17))) (count % 17) "visits"

                let threads = [ for _ in 1..12 -> Thread(call, IsBackground = true) ]

                for thread in threads do
                    thread.Start()

                Expect.isTrue (threads |> List.forall (fun thread -> thread.Join 60_000)) "all end")

            testCase "workers take part" (fun () ->
                use pool = WorkerPool.Create 2
                use both = new Barrier 2
                pool.For(2, fun _ -> Expect.isTrue (both.SignalAndWait 60_000) "two threads meet"))

            testCase "a disposed pool refuses work; the shared one is never disposed" (fun () ->
                let pool = WorkerPool.Create 2
                visits pool 5 |> ignore
                pool.Dispose()
                Expect.throwsT<ObjectDisposedException> (fun () -> visits pool 5 |> ignore) "disposed"
                WorkerPool.Shared.Dispose()
                Expect.equal (visits WorkerPool.Shared 5) (Array.create 5 1) "shared")

            testCase "fewer than one thread is refused" (fun () ->
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> WorkerPool.Create 0 |> ignore) "threads")
        ]
