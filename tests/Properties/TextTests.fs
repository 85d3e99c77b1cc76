/// The text form of graphs: what is written reads back to an equal graph, and what is no graph is refused with its place.
module Adjoint.Properties.TextTests

open System
open System.Reflection
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.SmallGraphs

let private parse text = GraphText.Parse(text, Catalogue.Core)

let private same (left: Graph) (right: Graph) = Body(left).Equals(Body right)

/// A graph of one node without operands.
let private single primitive =
    Graph.Of([], fun _ -> [ Node.Make(primitive, ImmutableArray.Empty).Result ])

let private constantOf (graph: Graph) =
    (graph.Nodes[0].Primitive :?> Constant).Value

/// A number of any dtype from random bits; for integers the lowest that fit.
let private scalarOf (kind: int) (high: int64) (low: int64) =
    let dtype = DTypes.All[abs (kind % DTypes.All.Count)]
    let number (bits: int64) = BitConverter.Int64BitsToDouble bits

    if dtype.IsComplex() then
        Scalar.Of(dtype, Numerics.Complex(number high, number low))
    elif dtype.IsFloating() then
        Scalar.Of(dtype, number high)
    elif dtype = DType.U64 then
        Scalar.Of(uint64 high)
    elif dtype = DType.Bool then
        Scalar.Of(high % 2L = 0L)
    else
        let spare = 64 - 8 * dtype.Size()
        let kept = high <<< spare

        Scalar.Of(
            dtype,
            (if dtype.IsUnsigned() then
                 int64 (uint64 kept >>> spare)
             else
                 kept >>> spare)
        )

let private edges =
    [
        for dtype in DTypes.All |> Seq.filter _.IsFloating() do
            for number in
                [
                    nan
                    -nan
                    infinity
                    -infinity
                    -0.0
                    0.1
                    6e-8
                    1e-45
                    Double.Epsilon
                    65504.0
                ] do
                Scalar.Of(dtype, number)
        Scalar.Of(DType.F64, BitConverter.UInt64BitsToDouble 0x7FF0000000000001UL)
        Scalar.Of(DType.C64, Numerics.Complex(nan, -0.0))
        Scalar.Of(DType.I64, Int64.MinValue)
        Scalar.Of UInt64.MaxValue
        Scalar.Of true
    ]

let private roundTrips =
    testList
        "round trips"
        [
            testProperty "a graph reads back equal, and writes the same text" (fun program ->
                let graph = graphOf program
                let text = GraphText.Write graph
                let back = parse text
                Verifier.Check back
                same graph back && GraphText.Write back = text)

            testProperty "a scalar keeps its bits" (fun kind high low (shift: byte) ->
                // Shifted right, so that small integers and subnormal numbers are among them.
                let scalar = scalarOf kind (high >>> int (shift % 64uy)) low
                constantOf (parse (GraphText.Write(single (Constant scalar)))) = scalar)

            testCase "edges keep their bits" (fun () ->
                for scalar in edges do
                    Expect.equal (constantOf (parse (GraphText.Write(single (Constant scalar))))) scalar "the same bits")

            testProperty "an origin keeps its strings" (fun (scope: string) (file: string) line ->
                let origin = Origin((if isNull scope then "" else scope), file, (if isNull file then 0 else line))
                let primitive = Constant(Scalar.One DType.F32)
                let graph = Graph.Of([], fun _ -> [ Node.Make(primitive, ImmutableArray.Empty, origin).Result ])
                (parse (GraphText.Write(graph, true))).Nodes[0].Origin = origin)

            testCase "a chain of a million nodes" (fun () ->
                let mutable value = Value.Parameter(TensorType.Of(DType.F32, 3))
                let parameter = value

                for _ in 1..1_000_000 do
                    value <- Ops.Neg value

                let graph = Graph(ImmutableArray.Create parameter, ImmutableArray.Create value)
                let clock = Diagnostics.Stopwatch.StartNew()
                let back = parse (GraphText.Write graph)
                Expect.isTrue (same graph back) "equal"
                Expect.isLessThan clock.Elapsed.TotalSeconds 60.0 "linear time")
        ]

[<Literal>]
let private Example =
    """graph(%0: f32[2, 3]) {
  %1: f32[3, 2] = permute(%0) {permutation = axes[1, 0]}
  %2: f32[] = constant() {value = f32 1.5}
  %3: f32[3, 2] = broadcast(%2) {shape = shape[3, 2], axes = axes[]}
  %4: f32[3, 2] = add(%1, %3)
  return %4, %0
}"""

/// What is replaced in the example, by what, and the line, the column and a word of the error.
let private faults =
    [
        "graph(", "graf(", 1, 1, "'graph'"
        "f32[2, 3]", "f33[2, 3]", 1, 11, "a type"
        "f32[2, 3]", "f32[2, -3]", 1, 14, "at least 0"
        "f32[2, 3]", "f32[2, 99999999999]", 1, 18, "32 bits"
        "%1: f32[3, 2] = permute", "%0: f32[3, 2] = permute", 2, 3, "defined twice"
        "permute(%0)", "permute(%7)", 2, 27, "not defined"
        "%1: f32[3, 2]", "%1: f32[2, 2]", 2, 7, "gives f32[3, 2]"
        "%1: f32[3, 2]", "%1: f32[3, 2], %9: f32[]", 2, 3, "1 results, not 2"
        "permute(", "permutate(", 2, 19, "no primitive"
        "axes[1, 0]", "[1, 0]", 2, 19, "Axes"
        "axes[1, 0]", "axes[1, 1]", 2, 50, "there once"
        "axes[1, 0]", "axes[1, 2]", 2, 19, "does not order"
        "{permutation = axes[1, 0]}", "", 2, 19, "missing"
        "axes[1, 0]}", "axes[1, 0], deep = true}", 2, 58, "no attribute deep"
        "axes[1, 0]}", "axes[1, 0], permutation = axes[1, 0]}", 2, 58, "twice"
        "f32 1.5", "f32 1.5.5", 3, 39, "no number of dtype f32"
        "f32 1.5", "f32 1e99", 3, 39, "no number of dtype f32"
        "f32 1.5", "f32 nan(0x1)", 3, 39, "no number of dtype f32"
        "f32 1.5", "u8 256", 3, 38, "u8"
        "f32 1.5", "bool 1", 3, 40, "true or false"
        "f32 1.5", "1.5", 3, 35, "whole number"
        "f32 1.5", "\"\\q\"", 3, 35, "backslash"
        "f32 1.5", "\"1.5", 3, 35, "within quotes"
        "f32 1.5", "float 1.5", 3, 35, "attribute's value"
        "f32 1.5", "f64 1.5", 3, 7, "gives f64[]"
        "add(%1, %3)", "add(%1, %0)", 5, 19, "f32[2, 3]"
        "add(%1, %3)", "add(%1, %3", 6, 3, "')'"
        "return %4, %0", "return %4, %5", 6, 14, "not defined"
        "return %4, %0", "return %4, %", 6, 14, "no name"
        "return %4, %0", "", 7, 1, "a value's name"
        "%0\n}", "%0\n} }", 7, 3, "the text's end"
        "%0\n}", "%0\n", 7, 1, "ends"
    ]

let private refused text line column (words: string) =
    Expect.throwsC (fun () -> parse text |> ignore) (fun error ->
        Expect.isTrue (error :? Adjoint.Core.FormatException) $"a format error, not {error}"
        Expect.stringStarts error.Message $"graph text, line {line}, column {column}: " "the place"
        Expect.stringContains error.Message words "the reason")

let private malformed =
    testList
        "malformed"
        [
            testCase "the example is well formed" (fun () -> Expect.equal (GraphText.Write(parse Example)) Example "unchanged")

            testList
                "the place is named"
                [
                    for part, instead, line, column, words in faults do
                        testCase $"'{instead}' for '{part}'" (fun () ->
                            let at = Example.IndexOf(part, StringComparison.Ordinal)
                            Expect.isGreaterThanOrEqual at 0 "the example has the part"
                            refused (Example.Remove(at, part.Length).Insert(at, instead)) line column words)
                ]

            testCase "deep types and bodies stop at a limit" (fun () ->
                let stacks = String.replicate 100_000 "stack("
                refused $"graph(%%0: {stacks}" 1 209 "deeper than 32"
                let opening = "graph() {\n%0: f32[] = call() {body = "
                refused (String.replicate 100_000 opening) 129 28 "deeper than 128")

            testProperty "whatever is broken, the error is one of format" (fun program (at: int) (length: byte) (from: int) ->
                let text = GraphText.Write(graphOf program)
                let place = abs (at % text.Length)
                let length = min (int length % 20) (text.Length - place)
                let other = abs (from % (text.Length - length + 1))
                let broken = text.Remove(place, length).Insert(place, text.Substring(other, length))

                try
                    Verifier.Check(parse broken)
                with :? Adjoint.Core.FormatException as error ->
                    Expect.stringStarts error.Message "graph text, line " "the place")
        ]

let private closed =
    [
        typeof<bool>
        typeof<int>
        typeof<int64>
        typeof<string>
        typeof<Ints>
        typeof<Axes>
        typeof<Shape>
        typeof<Scalar>
        typeof<Body>
        typeof<Bodies>
    ]

let private catalogue =
    testList
        "catalogue"
        [
            testCase "every primitive of the assembly is there" (fun () ->
                let declared =
                    typeof<Primitive>.Assembly.GetTypes()
                    |> Array.filter (fun found -> found.IsSubclassOf typeof<Primitive> && not found.IsAbstract)

                Expect.equal
                    (Catalogue.Core.Entries |> Seq.map _.Type.Name |> Seq.sort |> List.ofSeq)
                    (declared |> Seq.map _.Name |> Seq.sort |> List.ofSeq)
                    "the same")

            testCase "attributes are of the closed set of types" (fun () ->
                let fields =
                    [
                        for entry in Catalogue.Core.Entries do
                            for field in
                                entry.Type.GetFields(
                                    BindingFlags.Instance
                                    ||| BindingFlags.Public
                                    ||| BindingFlags.NonPublic
                                    ||| BindingFlags.DeclaredOnly
                                ) do
                                if not (field.FieldType.IsEnum || List.contains field.FieldType closed) then
                                    $"{entry.Name}: {field.Name} is {field.FieldType.Name}"
                    ]

                Expect.isEmpty fields "no field of another type")
        ]

[<Tests>]
let tests = testList "text" [ roundTrips; malformed; catalogue ]
