/// Compiled functions: state that is updated in place, what a run does, and where its time goes.
module Adjoint.LibraryTests.Execute.CompiledRunTests

open System.IO
open System.Text.Json
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Execute

type private Model =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

let private loss (x, y) model =
    Tensor.matMul x model.Weight + model.Bias - y |> Tensor.square |> Tensor.mean

let private descend model batch =
    let value, slope = valueAndGrad (loss batch) model
    Structure.map2 (fun p g -> p - g) model slope, value

let private start () =
    {
        Weight = Tensor.ofArray2D (Array2D.init 3 2 (fun i j -> float (i + j)))
        Bias = Tensor.vector [| 0.5; -0.5 |]
    }

let private batch =
    Tensor.ofArray2D (Array2D.init 8 3 (fun i j -> sin (float (3 * i + j)))),
    Tensor.ofArray2D (Array2D.init 8 2 (fun i j -> cos (float (i - j))))

[<Tests>]
let tests =
    testList
        "compiled runs"
        [
            testCase "training in place gives what training on copies gives, and the old state is gone" (fun () ->
                let step, inPlace = compile (fun (model, batch) -> descend model batch), compileInPlace descend
                let mutable kept, moved = start (), start ()

                for _ in 1..20 do
                    let old = moved
                    let next, left = step (kept, batch)
                    let next', right = inPlace moved batch
                    Expect.equal (value right) (value left) "loss"
                    kept <- next
                    moved <- next'

                    Expect.throwsC (fun () -> Tensor.toArray old.Bias |> ignore) (fun error ->
                        Expect.stringContains error.Message "was donated to a run" "the old state")

                Expect.equal (Tensor.toArray moved.Bias) (Tensor.toArray kept.Bias) "bias")

            testCase "what stands twice in a state stays" (fun () ->
                let zeros = Tensor.vector [| 0.0; 0.0 |]
                let step = compileInPlace (fun (a: Tensor<float>, b: Tensor<float>) (x: Tensor<float>) -> a + x, b - x)
                let a, b = step (zeros, zeros) (Tensor.vector [| 1.0; 2.0 |])
                Expect.equal (Tensor.toArray a) [| 1.0; 2.0 |] "sum"
                Expect.equal (Tensor.toArray b) [| -1.0; -2.0 |] "difference"
                Expect.equal (Tensor.toArray zeros) [| 0.0; 0.0 |] "kept")

            testCase "explain tells the passes, the schedule and the memory" (fun () ->
                let text = explainRun (fun (model, batch) -> descend model batch) (start (), batch)

                for part in [ "nodes after each pass: as traced"; "memory:"; "schedule"; "results" ] do
                    Expect.stringContains text part part

                Expect.equal (explainRun (fun (model, batch) -> descend model batch) (start (), batch)) text "twice the same")

            testCase "a profile counts each call, and its trace is JSON" (fun () ->
                let found = profileRun 3 (fun (model, batch) -> descend model batch) (start (), batch)
                Expect.isTrue (found.Entries |> Seq.forall (fun entry -> entry.Calls = 3L)) "calls"
                use stream = new MemoryStream()
                found.WriteTrace stream
                use json = JsonDocument.Parse(stream.ToArray())
                Expect.equal (json.RootElement.GetProperty("traceEvents").GetArrayLength()) (3 * found.Entries.Count) "events")

            testCase "training steps give the same bits for any number of threads" (fun () ->
                let wide = Tensor.ofArray2D (Array2D.init 257 300 (fun i j -> sin (float (i * 300 + j))))
                let wanted = Tensor.ofArray2D (Array2D.init 257 64 (fun i j -> cos (float (i - j))))

                let model =
                    {
                        Weight = Tensor.ofArray2D (Array2D.init 300 64 (fun i j -> sin (float (i * j))))
                        Bias = Tensor.vector (Array.init 64 float)
                    }

                let leaves = [| model.Weight.Expr; model.Bias.Expr; wide.Expr; wanted.Expr |]

                let compiled =
                    Front.Differential.Compile(fun (leaves: Front.Expr[]) ->
                        let tensor i = Tensor.ofExpr leaves[i]: Tensor<float>
                        let model, value = descend { Weight = tensor 0; Bias = tensor 1 } (tensor 2, tensor 3)
                        [| model.Weight.Expr; model.Bias.Expr; value.Expr |])

                let run threads =
                    use pool = WorkerPool.Create threads

                    [
                        for result in compiled.Call(leaves, RunOptions(Parallel = pool)) ->
                            result.Value().ToArray<float>()
                            |> Array.map System.BitConverter.DoubleToInt64Bits
                    ]

                let serial = run 1

                for threads in [ 2; 4; 8 ] do
                    Expect.equal (run threads) serial $"{threads} threads")
        ]
