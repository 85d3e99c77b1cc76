/// Budgets of memory: loops that keep less, values that are computed again, and what a budget does not change.
module Adjoint.Properties.Memory.BudgetTests

open Expecto
open Adjoint
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Properties.Memory.Budgets

let private cell (w: Tensor<float>) h x = Tensor.tanh (h * w + x)

/// A recurrence over rows, with a result for each; the gradient in weights and rows.
let private recurrence over (w, xs: Tensor<float>) =
    let last, sums = over (fun h x -> let h = cell w h x in h, Tensor.sum h) (Tensor.zeros [ 40 ]) xs

    Tensor.sum (Tensor.square last) + Tensor.mean sums

let private recurrent over length =
    let given = wave [ 40 ], wave [ length; 40 ]
    let f = fun (w, xs) -> valueAndGrad (fun w -> recurrence over (w, xs)) w
    graphOf f given, [ held (fst given); held (snd given) ]

/// Budgets from what a graph takes to a part of it.
let private sweep (graph: Graph) =
    let whole = announced (Executable.Compile graph)
    whole, [ for part in [ 1.0; 0.7; 0.5; 0.35; 0.25 ] -> int64 (part * float whole) ]

let private scans =
    testList
        "scans"
        [
            for name, over in [ "forward", Flow.scan; "backward", Flow.scanBack ] do
                for length in [ 5; 96; 211 ] do
                    testCase $"{name}, {length} steps" (fun () ->
                        let graph, given = recurrent over length
                        let _, budgets = sweep graph
                        // Five steps take little more than what stays in any case.
                        let reached = if length = 5 then budgets[..0] else budgets
                        let bytes = [ for budget in reached -> announced (keeps graph given budget) ]
                        Expect.equal (List.sortDescending bytes) bytes "the smaller the budget, the less")

            testCase "with the gradient in what the scan reads, which is as long as the scan" (fun () ->
                let given = wave [ 40 ], wave [ 210; 40 ]
                let graph = graphOf (valueAndGrad (recurrence Flow.scan)) given
                let whole = announced (Executable.Compile graph)

                keeps graph [ held (fst given); held (snd given) ] (3L * whole / 4L) |> ignore)

            testCase "operations grow by no more than a run of the loop for each level" (fun () ->
                let graph, _ = recurrent Flow.scan 400
                let forward = graphOf (recurrence Flow.scan) (wave [ 40 ], wave [ 400; 40 ])
                let whole, budgets = sweep graph
                let least = within (whole / 8L) graph
                let once = operations (Executable.Compile graph).Graph
                let again = operations (Executable.Compile forward).Graph

                for budget in budgets do
                    let grown = operations (within budget graph).Graph - once
                    Expect.isLessThanOrEqual grown (1.05 * again) $"one level within {budget} bytes"

                Expect.isLessThanOrEqual (operations least.Graph - once) (2.1 * again) "two levels")

            testCase "three and more levels" (fun () ->
                let graph, given = recurrent Flow.scan 1024
                let whole = announced (Executable.Compile graph)
                let executable = keeps graph given (whole / 8L)
                Expect.stringContains (executable.Explain()) "memory budget" "explained")

            testCase "a scan in a scan" (fun () ->
                let f (w: Tensor<float>, xs: Tensor<float>) =
                    let inner h (xs: Tensor<float>) =
                        let h, _ = Flow.scan (fun h x -> cell w h x, Tensor.zeros<float> []) h xs
                        h, Tensor.sum h

                    let last, sums = Flow.scan inner (Tensor.zeros [ 40 ]) xs
                    Tensor.sum last + Tensor.sum sums

                let given = wave [ 40 ], wave [ 20; 30; 40 ]
                let graph = graphOf (valueAndGrad f) given
                let whole = announced (Executable.Compile graph)
                keeps graph [ held (fst given); held (snd given) ] (6L * whole / 10L) |> ignore)

            testCase "second derivatives" (fun () ->
                let f (w: Tensor<float>) (xs: Tensor<float>) = recurrence Flow.scan (w, xs)

                let slope (xs: Tensor<float>) w =
                    Tensor.sum (Tensor.square (grad (fun w -> f w xs) w))

                let given = wave [ 40 ], wave [ 100; 40 ]
                let graph = graphOf (fun (w, xs) -> grad (slope xs) w) given
                let whole = announced (Executable.Compile graph)
                keeps graph [ held (fst given); held (snd given) ] (8L * whole / 10L) |> ignore)
        ]

/// A loop whose number of steps is an argument.
let private stepping (w: Tensor<float>, n: Tensor<int64>) =
    let step (k: Tensor<int64>, h: Tensor<float>) =
        k + 1L, Tensor.sin (h * w + 0.01 * Tensor.cast k)

    let _, h = Flow.whileLoop (fun (k, _) -> k .< n) step (Tensor.zeros<int64> [], Tensor.full [ 64 ] 0.3)
    Tensor.sum (Tensor.square h)

let private repeated (w: Tensor<float>, n: Tensor<int64>) =
    let h = Flow.repeat n (fun k h -> Tensor.sin (h * w + 0.01 * Tensor.cast k)) (Tensor.full [ 64 ] 0.3)
    Tensor.sum (Tensor.square h)

let private loops =
    testList
        "loops of unknown length"
        [
            for name, f in [ "while", stepping; "repeat", repeated ] do
                let graph = graphOf (fun (w, n) -> valueAndGrad (fun w -> f (w, n)) w) (wave [ 64 ], Tensor.scalar 3L)

                let given (n: int64) =
                    [ held (wave [ 64 ]); held (Tensor.scalar n) ]

                testCase $"{name}: states at 128 places" (fun () ->
                    for n in [ 0L; 1L; 2L; 127L; 128L; 129L; 300L; 1000L ] do
                        keeps graph (given n) 200_000L |> ignore)

                testCase $"{name}: states at few places" (fun () ->
                    let least =
                        try
                            within 1L graph |> ignore
                            failtest "one byte is enough"
                        with :? MemoryBudgetException as error ->
                            error.LeastBytes

                    for n in [ 0L; 1L; 3L; 4L; 5L; 17L; 64L; 300L; 700L ] do
                        keeps graph (given n) least |> ignore)

            testCase "in large steps, which the plan runs" (fun () ->
                let f (w: Tensor<float>, n: Tensor<int64>) =
                    let step (k: Tensor<int64>, h: Tensor<float>) = k + 1L, Tensor.sin (h * w)

                    let _, h =
                        Flow.whileLoop (fun (k, _) -> k .< n) step (Tensor.zeros<int64> [], Tensor.full [ 20_000 ] 0.3)

                    Tensor.sum (Tensor.square h)

                let given = wave [ 20_000 ], Tensor.scalar 40L
                let graph = graphOf (fun (w, n) -> valueAndGrad (fun w -> f (w, n)) w) given

                for budget in [ 40_000_000L; 5_000_000L; 3_000_000L ] do
                    keeps graph [ held (fst given); held (snd given) ] budget |> ignore)
        ]

/// Twelve layers of products and functions of their elements, with the gradient in all weights.
let private layers =
    let f (ws: Tensor<float>, x: Tensor<float>) =
        let layer (h: Tensor<float>) (i: int) =
            Tensor.tanh (Tensor.matMul (Tensor.exp (-0.5 * h * h) * h) ws[i])

        Tensor.mean (Tensor.square (List.fold layer x [ 0..11 ]))

    let given = wave [ 12; 32; 32 ], wave [ 256; 32 ]
    graphOf (fun (ws, x) -> valueAndGrad (fun ws -> f (ws, x)) ws) given, [ held (fst given); held (snd given) ]

let private lines =
    testList
        "values that are computed again"
        [
            testCase "less and less, by the same bits" (fun () ->
                let graph, given = layers
                let whole = announced (Executable.Compile graph)

                let bytes =
                    [
                        for part in [ 1.0; 0.9; 0.75; 0.6 ] -> announced (keeps graph given (int64 (part * float whole)))
                    ]

                Expect.equal (List.sortDescending bytes) bytes "the smaller the budget, the less")

            testCase "cheap operations first: no product runs again for a tenth" (fun () ->
                let graph, _ = layers
                let whole = Executable.Compile graph

                let products (executable: Executable) =
                    executable.Graph.Nodes
                    |> Seq.filter (fun node -> node.Primitive.Name = "dot_general")
                    |> Seq.length

                let less = within (announced whole * 9L / 10L) graph
                Expect.equal (products less) (products whole) "products")
        ]

let private asked =
    testList
        "what is asked for"
        [
            testCase "a large budget changes nothing" (fun () ->
                for graph in [ fst layers; fst (recurrent Flow.scan 96) ] do
                    let plain = Executable.Compile graph
                    let roomy = within (announced plain) graph
                    Expect.equal (GraphText.Write roomy.Graph) (GraphText.Write plain.Graph) "the graph"
                    Expect.equal (announced roomy) (announced plain) "the bytes")

            testCase "a budget that cannot be reached says how many bytes would do" (fun () ->
                for graph, given in [ layers; recurrent Flow.scan 96 ] do
                    let error =
                        try
                            within 1000L graph |> ignore
                            failtest "a thousand bytes are enough"
                        with :? MemoryBudgetException as error ->
                            error

                    Expect.stringContains error.Message "budget of 1000 bytes" "what was asked"
                    Expect.stringContains error.Message $"{error.LeastBytes}" "what would do"
                    Expect.stringContains error.Message "largest values" "where it goes"
                    keeps graph given error.LeastBytes |> ignore)

            testCase "a loop of unknown length in a scan is refused, and fits where the step is a checkpoint" (fun () ->
                let f hold (w: Tensor<float>, n: Tensor<int64>) =
                    let inner h _ =
                        hold (fun h -> stepping (w * h, n)) h, Tensor.zeros<float> []

                    let last, _ = Flow.scan inner (Tensor.full [] 0.5) (Tensor.zeros<float> [ 4 ])
                    last

                let graph hold =
                    graphOf (fun (w, n) -> grad (fun w -> f hold (w, n)) w) (wave [ 64 ], Tensor.scalar 3L)

                Expect.throwsC (fun () -> within 1_000_000_000L (graph id) |> ignore) (fun error ->
                    Expect.stringContains error.Message "nothing bounds" "the reason"
                    Expect.stringContains error.Message "checkpoint" "the cure")

                for n in [ 0L; 3L; 200L ] do
                    keeps (graph checkpoint) [ held (wave [ 64 ]); held (Tensor.scalar n) ] 100_000L
                    |> ignore)

            testCase "functions of the front" (fun () ->
                let options = CompileOptions(MemoryBudget = 100_000L)
                let given = wave [ 40 ], wave [ 96; 40 ]
                let f = valueAndGrad (recurrence Flow.scan)
                let value, (slope, _) = compileWith options f given
                let expected, (exact, _) = compile f given
                Expect.equal (Tensor.toArray value) (Tensor.toArray expected) "the value"
                Expect.equal (Tensor.toArray slope) (Tensor.toArray exact) "the gradient"
                let text = explainRunWith options f given
                Expect.stringContains text "memory budget: 100000 bytes" "the budget"
                Expect.stringContains text "keeps of scan of 96 steps" "the loop"

                let step = compileInPlaceWith options (fun state (x: Tensor<float>) -> state * x)
                Expect.equal (Tensor.toArray (step (wave [ 3 ]) (wave [ 3 ]))) (Tensor.toArray (wave [ 3 ] * wave [ 3 ])) "in place")
        ]

[<Tests>]
let tests = testList "memory budget" [ scans; loops; lines; asked ]
