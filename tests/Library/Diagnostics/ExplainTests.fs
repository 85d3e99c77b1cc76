/// Explanations: what a reader finds in them.
module Adjoint.LibraryTests.ExplainTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Front.Audits

type private Layer =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

let private layer =
    {
        Weight = Tensor.ones [ 3; 2 ]
        Bias = Tensor.zeros [ 2 ]
    }

let private loss (layer: Layer) =
    let z = Tensor.matMul (Tensor.ones [ 4; 3 ]) layer.Weight
    let h = scope "head" (fun () -> Tensor.tanh (z + layer.Bias))
    Tensor.sum (2.5 * h)

let private values (items: Value list) =
    System.Collections.Immutable.ImmutableArray.CreateRange items

/// Texts that stand in this order.
let private inOrder (texts: string list) (text: string) =
    ((0, texts)
     ||> List.fold (fun from part ->
         let at = text.IndexOf(part, from, System.StringComparison.Ordinal)
         Expect.isTrue (at >= 0) $"'{part}' stands after the others in\n{text}"
         at + part.Length))
    |> ignore

[<Tests>]
let tests =
    testList
        "explain"
        [
            testCase "names, types, literals, scopes and lines" (fun () ->
                string (explain loss layer)
                |> inOrder
                    [
                        "function(Weight: f64[3, 2], Bias: f64[2]"
                        "f64[4, 2] = dot_general("
                        "broadcast(Bias)"
                        "// head, ExplainTests.fs:"
                        "tanh("
                        "mul(2.5, "
                        "return"
                        "operations"
                        "flop"
                    ])

            testCase "transform stacks" (fun () ->
                string (explain (grad loss) layer)
                |> inOrder [ "tanh("; "reduce_sum("; "return" ]

                let double (x: Tensor<float>) =
                    Flow.forLoop 0 3 (fun _ s -> Tensor.sin s) x

                string (explain (vmap (grad double)) (Tensor.vector [ 1.0; 2.0 ]))
                |> inOrder [ "scan("; "step, body 1: ("; "sin("; "return"; "reverse = true" ])

            testCase "passes may shorten it" (fun () ->
                let f (x: Tensor<float>) = Tensor.sin x + Tensor.sin x
                let before = explain f (Tensor.scalar 1.0)
                Expect.equal before.Size.Nodes 3 "before"
                Expect.equal (before.Optimized()).Size.Nodes 2 "after")

            testCase "hostile names stay on their line" (fun () ->
                let name = "a\n} -->\"<script>"
                let graph = Graph(values [ Value.Parameter(TensorType.Of(DType.F64, 2), name) ], values [])
                let text = string (Explanation graph)
                Expect.stringContains text "\\n} -->\\\"" "escaped")

            testCase "a hundred thousand operations" (fun () ->
                let mutable value = Value.Parameter(TensorType.Of(DType.F64, 2))
                let start = value

                for _ in 1..100_000 do
                    value <- Adjoint.Primitives.Ops.Add(value, start)

                let text = string (Explanation(Graph(values [ start ], values [ value ])))
                Expect.isLessThan text.Length 10_000_000 "length"
                Expect.stringContains text "100000 operations" "count")

            testCase "a picture is well-formed, the same each time, and without overlap" (fun () ->
                let roll (x: Tensor<float>) =
                    Flow.forLoop 0 5 (fun i s -> Flow.cond (i .> 2L) Tensor.sin (fun s -> 2.0 * s) s) x

                let picture () =
                    (explain (vmap (grad roll)) (Tensor.vector [ 1.0; 2.0 ])).Svg()

                Expect.equal (picture ()) (picture ()) "the same"
                let root = System.Xml.Linq.XDocument.Parse(picture ()).Root

                let number (box: System.Xml.Linq.XElement) name =
                    float (box.Attribute(System.Xml.Linq.XName.Get name)).Value

                let boxes =
                    [
                        for box in root.Descendants() do
                            if box.Name.LocalName = "rect" then
                                let x, y = number box "x", number box "y"
                                x, y, x + number box "width", y + number box "height"
                    ]

                Expect.isGreaterThan boxes.Length 20 "boxes"

                // Two boxes lie apart, or one lies in the other; positions are rounded to 0.1.
                for left, top, right, bottom in boxes do
                    for left', top', right', bottom' in boxes do
                        let apart =
                            right <= left' + 0.2
                            || right' <= left + 0.2
                            || bottom <= top' + 0.2
                            || bottom' <= top + 0.2

                        let inside =
                            left >= left' - 0.2
                            && right <= right' + 0.2
                            && top >= top' - 0.2
                            && bottom <= bottom' + 0.2

                        let outside =
                            left' >= left - 0.2
                            && right' <= right + 0.2
                            && top' >= top - 0.2
                            && bottom' <= bottom + 0.2

                        Expect.isTrue (apart || inside || outside) $"{(left, top, right, bottom)} and {(left', top', right', bottom')}")

            testCase "hostile names do not leave their quotes in pictures" (fun () ->
                let name = "</text><script>\"]; x -> y \\ \u0001"
                let parameter = Value.Parameter(TensorType.Of(DType.F64, 2), name)
                let explanation = Explanation(Graph(values [ parameter ], values [ parameter ]))
                System.Xml.Linq.XDocument.Parse(explanation.Svg()) |> ignore
                Expect.isFalse (explanation.Svg().Contains "<script") "escaped"

                for line in explanation.Dot().Split '\n' do
                    let quotes =
                        line.Replace("\\\\", "").Replace("\\\"", "")
                        |> Seq.filter ((=) '"')
                        |> Seq.length

                    Expect.equal (quotes % 2) 0 $"quotes in {line}")

            testCase "DOT has a box for each operation, and clusters for bodies" (fun () ->
                let text =
                    (explain (fun (x: Tensor<float>) -> Flow.forLoop 0 3 (fun _ s -> Tensor.sin s) x) (Tensor.scalar 1.0)).Dot()

                inOrder [ "digraph"; "argument 0"; "scan"; "subgraph cluster_0"; "sin"; "->"; "}" ] text)

            testCase "each pass says what it leaves, and shows it" (fun () ->
                let f (x: Tensor<float>) =
                    Tensor.sum (x * 1.0 + Tensor.exp x * Tensor.exp x)

                let explanation = explain f (Tensor.ones [ 3 ])
                inOrder [ "inline_calls"; "simplify"; "->"; "merge_equal_nodes"; "place_fma"; "->" ] (explanation.Passes())

                let count (name: string) (explanation: Explanation) =
                    explanation.Graph.Nodes
                    |> Seq.filter (fun node -> node.Primitive.Name = name)
                    |> Seq.length

                Expect.equal (count "exp" explanation) 2 "written twice"
                Expect.equal (count "exp" (explanation.After "merge_equal_nodes")) 1 "computed once"
                Expect.equal (count "mul" (explanation.After "simplify")) 1 "no product with 1"
                Expect.equal (count "fma" (explanation.After "place_fma")) 1 "joined"

                Expect.throwsT<StructureException> (fun () -> explanation.After "tidy" |> ignore) "no such pass")

            testCase "loops cost as often as they run" (fun () ->
                let loop n (x: Tensor<float>) =
                    Flow.forLoop 0 n (fun _ s -> Tensor.sin s) x

                let flops n =
                    (explain (loop n) (Tensor.scalar 1.0)).Size.Flops

                Expect.equal (flops 100) (10.0 * flops 10) "ten times"
                Expect.isTrue (explain (loop 3) (Tensor.scalar 1.0)).Size.IsComplete "complete"

                let forever (x: Tensor<float>) =
                    Flow.whileLoop (fun x -> x .< 10.0) (fun x -> x + 1.0) x

                let size = (explain forever (Tensor.scalar 1.0)).Size
                Expect.isFalse size.IsComplete "of unknown length"
                Expect.stringContains (string size) "not known" "said")
        ]
