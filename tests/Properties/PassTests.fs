/// Passes keep what a graph means, to the bit, and do what they are for.
module Adjoint.Properties.PassTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.SmallGraphs

let private parse text = GraphText.Parse(text, Catalogue.Core)

/// The bits of a result; NaN is one whatever its bits.
let private bits (value: HostValue) =
    [
        for number in (value :?> NDArray).ToDoubles() ->
            if Double.IsNaN number then
                -1L
            else
                BitConverter.DoubleToInt64Bits number
    ]

let private results graph =
    Interpreter.Run(graph, arguments.ToImmutableArray()) |> Array.map bits

/// What costs nothing where it stands: a pass may write it twice.
let private isFree (node: Node) =
    match node.Primitive with
    | :? Constant
    | :? Broadcast
    | :? Reshape
    | :? Fused -> true
    | _ -> false

/// The nodes of a graph and of the bodies inside that do anything.
let rec private work (graph: Graph) : int =
    graph.Nodes
    |> Seq.sumBy (fun node ->
        let mutable inside = 0

        node.Primitive.MapBodies(fun body ->
            inside <- inside + work body.Graph
            body)
        |> ignore

        (if isFree node then 0 else 1) + inside)

let private laws =
    testList
        "laws"
        [
            for pass in Pipeline.Default.Passes |> Seq.distinctBy _.Name do
                if not pass.Rounds then
                    testProperty $"{pass.Name} keeps the results" (fun program ->
                        let graph = graphOf program
                        let after = pass.Apply.Invoke graph
                        Verifier.Check after
                        results after = results graph)

                testProperty
                    $"{pass.Name} adds no work to programs that remember nothing, and finds nothing when it comes again"
                    (fun program ->
                        let graph = graphOf program
                        let after = pass.Apply.Invoke graph

                        work after <= work graph
                        && Object.ReferenceEquals(pass.Apply.Invoke after, after))
        ]

/// The nodes' names after a pass, in order, bodies' before the node that holds them.
let private names (graph: Graph) =
    graph.Nodes |> Seq.map _.Primitive.Name |> List.ofSeq

let private merging =
    testList
        "merging equal nodes"
        [
            testCase "equal nodes become one, and then those on them" (fun () ->
                let graph =
                    parse
                        """graph(%0: f32[3]) {
                          %1: f32[3] = exp(%0)
                          %2: f32[3] = exp(%0)
                          %3: f32[3] = neg(%1)
                          %4: f32[3] = neg(%2)
                          %5: f32[3] = add(%3, %4)
                          return %5
                        }"""

                let after = MergeEqualNodes.Apply graph
                Expect.equal (names after) [ "exp"; "neg"; "add" ] "merged"
                Expect.equal after.Nodes[2].Operands[0] after.Nodes[2].Operands[1] "the same operand")

            testCase "sums, products and comparisons for equality are the same in either order, differences are not" (fun () ->
                let two (f: Value * Value -> Value) =
                    Graph.Of(
                        [ TensorType.Of(DType.F64, 3) :> ValueType; TensorType.Of(DType.F64, 3) ],
                        fun x -> [ f (x[0], x[1]); f (x[1], x[0]) ]
                    )

                for f, count in
                    [
                        Ops.Add, 1
                        Ops.Mul, 1
                        Ops.Max, 1
                        Ops.Min, 1
                        Ops.Equal, 1
                        Ops.Sub, 2
                        Ops.Div, 2
                        Ops.Greater, 2
                        Ops.Atan2, 2
                    ] do
                    Expect.equal (MergeEqualNodes.Apply(two f)).Nodes.Length count "left")

            testCase "0 and -0 stay apart" (fun () ->
                let number (value: float) =
                    Ops.Constant(Scalar.Of(DType.F64, value))

                let graph = Graph.Of([], fun _ -> [ Ops.Add(number 0.0, number -0.0) ])
                Expect.equal (MergeEqualNodes.Apply graph).Nodes.Length 3 "two constants")

            testCase "bodies are merged inside, and nodes whose bodies become equal are one" (fun () ->
                let tensor = TensorType.Of(DType.F64, 3) :> ValueType

                let body twice =
                    Graph.Of(
                        [ tensor ],
                        fun x ->
                            let once = Ops.Exp x[0]
                            [ Ops.Add(once, (if twice then Ops.Exp x[0] else once)) ]
                    )

                let graph =
                    Graph.Of([ tensor ], fun x -> [ Ops.Mul(Ops.Call(body true, [ x[0] ])[0], Ops.Call(body false, [ x[0] ])[0]) ])

                let after = MergeEqualNodes.Apply graph
                Expect.equal (names after) [ "call"; "mul" ] "one call"
                Expect.equal (work after) 4 "exp and add inside")

            testCase "a million nodes, shared twice at each step, take linear time" (fun () ->
                let parameter = Value.Parameter(TensorType.Of(DType.F32, 3))
                let mutable value = parameter

                for _ in 1..300_000 do
                    value <- Ops.Add(Ops.Neg value, Ops.Neg value)

                let graph = Graph(ImmutableArray.Create parameter, ImmutableArray.Create value)
                let clock = Diagnostics.Stopwatch.StartNew()
                Expect.equal (MergeEqualNodes.Apply graph).Nodes.Length 600_000 "each pair is one"
                Expect.isLessThan clock.Elapsed.TotalSeconds 60.0 "linear time")
        ]

/// A step on %0: f64[2, 3] and %1, a constant broadcast; and whether the result is %0 itself.
let private neutral =
    [
        "f64", "-0", "add(%0, %2)", true
        "f64", "-0", "add(%2, %0)", true
        "f64", "0", "add(%0, %2)", false
        "f64", "0", "sub(%0, %2)", true
        "f64", "-0", "sub(%0, %2)", false
        "f64", "0", "sub(%2, %0)", false
        "f64", "1", "mul(%0, %2)", true
        "f64", "1", "mul(%2, %0)", true
        "f64", "0", "mul(%0, %2)", false
        "f64", "1", "div(%0, %2)", true
        "f64", "1", "div(%2, %0)", false
        "i32", "0", "add(%0, %2)", true
        "i32", "0", "sub(%0, %2)", true
        "i32", "1", "div(%0, %2)", true
        "c128", "(1, 0)", "mul(%0, %2)", false
        "c128", "(-0, -0)", "add(%0, %2)", false
    ]

/// Layouts of %0: f64[2, 3], and how many nodes are left of them.
let private layouts =
    [
        "%1: f64[3, 2] = permute(%0) {permutation = axes[1, 0]} %2: f64[2, 3] = permute(%1) {permutation = axes[1, 0]}", 0
        "%1: f64[2, 3] = permute(%0) {permutation = axes[0, 1]} %2: f64[3, 2] = permute(%1) {permutation = axes[1, 0]}", 1
        "%1: f64[6] = reshape(%0) {shape = shape[6]} %2: f64[3, 2] = reshape(%1) {shape = shape[3, 2]}", 1
        "%1: f64[6] = reshape(%0) {shape = shape[6]} %2: f64[2, 3] = reshape(%1) {shape = shape[2, 3]}", 0
        "%1: f64[2, 4, 3] = broadcast(%0) {shape = shape[2, 4, 3], axes = axes[0, 2]}
         %2: f64[3, 4, 5, 2] = broadcast(%1) {shape = shape[3, 4, 5, 2], axes = axes[3, 1, 0]}",
        1
        "%2: f64[2, 3] = broadcast(%0) {shape = shape[2, 3], axes = axes[0, 1]}", 0
        "%2: f64[2, 3] = convert(%0) {target = \"f64\"}", 0
        "%1: f32[2, 3] = convert(%0) {target = \"f32\"} %2: f64[2, 3] = convert(%1) {target = \"f64\"}", 2
        "%1: f64[2, 3] = neg(%0) %2: f64[2, 3] = neg(%1)", 0
    ]

let private simplifying =
    testList
        "simplifying"
        [
            for dtype, number, operation, gone in neutral do
                let verb = if gone then "goes" else "stays"

                testCase $"{operation} of {dtype} {number} {verb}" (fun () ->
                    let graph =
                        parse
                            $"""graph(%%0: {dtype}[2, 3]) {{
                              %%1: {dtype}[] = constant() {{value = {dtype} {number}}}
                              %%2: {dtype}[2, 3] = broadcast(%%1) {{shape = shape[2, 3], axes = axes[]}}
                              %%3: {dtype}[2, 3] = {operation}
                              return %%3
                            }}"""

                    Expect.equal (Simplify.Apply graph).Nodes.IsEmpty gone verb)

            for layout, left in layouts do
                testCase $"{layout} leaves {left}" (fun () ->
                    let result = layout.Substring(layout.LastIndexOf "%2:" + 4).Split(" =").[0]
                    let graph = parse $"graph(%%0: f64[2, 3]) {{ {layout} return %%2 }}"
                    let after = Simplify.Apply graph
                    Expect.equal after.Nodes.Length left "the nodes left"
                    Expect.equal (string after.Results[0].Type) result "the same type"

                    let run graph =
                        Interpreter.Run(graph, arguments.GetSlice(Some 0, Some 0).ToImmutableArray())
                        |> Array.map bits

                    Expect.equal (run after) (run graph) "the same numbers")

            testCase "a new node has the origin of the one it stands for" (fun () ->
                let origin = Origin("outer", "model.fs", 3)

                let graph =
                    Graph.Of(
                        [ TensorType.Of(DType.F64, 2, 3) ],
                        fun x ->
                            let flat = Node.Make(Reshape(Shape.Of 6), ImmutableArray.Create x[0], Origin("inner", null, 0)).Result

                            [
                                Node.Make(Reshape(Shape.Of(3, 2)), ImmutableArray.Create flat, origin).Result
                            ]
                    )

                Expect.equal (Simplify.Apply graph).Nodes[0].Origin origin "the outer one's")
        ]

let private verifying =
    testList
        "verifier"
        [
            testCase "a parameter that stands twice is found" (fun () ->
                let x = Value.Parameter(TensorType.Of DType.F32)

                Expect.throwsT<InvalidOperationException>
                    (fun () -> Verifier.Check(Graph(ImmutableArray.Create(x, x), ImmutableArray.Create x)))
                    "not a parameter list")
        ]

[<Tests>]
let tests = testList "passes" [ laws; merging; simplifying; verifying ]
