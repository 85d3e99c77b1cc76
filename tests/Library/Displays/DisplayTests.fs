/// What debuggers and print show: short, without running anything, and never failing.
module Adjoint.LibraryTests.DisplayTests

open System
open System.Diagnostics
open System.Reflection
open System.Text.RegularExpressions
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Formats
open Adjoint.Front
open Adjoint.Ir

let private access =
    BindingFlags.Instance
    ||| BindingFlags.Static
    ||| BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.FlattenHierarchy

/// The attributes of a type or of the first base type that has one, as a debugger looks for them.
let rec private attribute<'A when 'A :> Attribute and 'A: null> (kind: Type) : 'A option =
    match kind.GetCustomAttribute<'A>(false) with
    | null when isNull kind.BaseType -> None
    | null -> attribute<'A> kind.BaseType
    | found -> Some found

/// The value of a property or of a method without parameters.
let private memberOf (value: obj) (name: string) =
    if name.EndsWith "()" then
        value.GetType().GetMethod(name[.. name.Length - 3], access, Type.EmptyTypes).Invoke(value, [||])
    else
        value.GetType().GetProperty(name, access).GetValue value

/// The line that a debugger shows: braces in the attribute's text are members.
let private shown (value: obj) =
    match attribute<DebuggerDisplayAttribute>(value.GetType()) with
    | Some display -> Regex.Replace(display.Value, @"\{([^},]+)(,nq)?\}", fun found -> string (memberOf value found.Groups[1].Value))
    | None -> failtest $"{value.GetType()} has no line for debuggers."

/// What a debugger shows when the value is opened: every public property of the view.
let private opened (value: obj) =
    match attribute<DebuggerTypeProxyAttribute>(value.GetType()) with
    | None -> []
    | Some proxy ->
        let kind = Type.GetType(proxy.ProxyTypeName, true)

        let view =
            kind.GetConstructors(BindingFlags.Instance ||| BindingFlags.Public)
            |> Array.find (fun constructor ->
                let parameter = Array.head (constructor.GetParameters())
                parameter.ParameterType.IsInstanceOfType value)
            |> fun constructor -> constructor.Invoke [| value |]

        [
            for property in kind.GetProperties() -> property.Name, property.GetValue view
        ]

let private pending () =
    Tensor.vector [ 1.0; 2.0 ] + Tensor.vector [ 3.0; 4.0 ]

let private isPending (x: Tensor<float>) = isNull (box x.Expr.Handle.Known)

let private graph =
    GraphBuilder.Build([ TensorType.Of(DType.F32, 3); TensorType.Of(DType.F32, 3) ], (fun x -> [| (x[0] * x[1]).Sum() |]), [| "x"; "y" |])

let private mixed (shape: int list) : Tensor<float> =
    Tensor.ofSeq shape (Seq.init (List.fold (*) 1 shape) float)

/// A value, and the line that a debugger shows.
let private lines: (obj * string) list =
    [
        NDArray.Vector [| 1.5; nan; -0.0 |], "f64[3] 1.5 NaN -0"
        NDArray.Of(Shape.Of(4, 5), ReadOnlySpan [| for i in 1..20 -> i |]), "i32[4, 5] 1 2 3 4 5 6 7 8 …"
        NDArray.Scalar true, "bool[] true"
        NDArray.New(DType.BF16, Shape.Of(0, 3)), "bf16[0, 3]"
        Shape.Of(2, 3), "[2, 3]"
        Extent 5, "5"
        Axes [| 1; 0 |], "[1, 0]"
        Scalar.Of(DType.F32, 1.5), "f32 1.5"
        Scalar.Of(DType.C64, Numerics.Complex(1.0, -2.0)), "c64 (1, -2)"
        HostStack(DType.F32, Shape.Of 2, 2), "stack of 0 stack(f32[2])"
        TensorType.Of(DType.F64, 2, 3), "f64[2, 3]"
        StackType(TensorType.Of(DType.F64)), "stack(f64[])"
        graph.Parameters[0], "x: f32[3]"
        graph.Results[0], "reduce_sum: f32[]"
        graph.Nodes[0], "mul(f32[3], f32[3]) -> f32[3]"
        graph.Nodes[1].Primitive, "reduce_sum"
        graph, "graph (f32[3], f32[3]) -> (f32[]), 2 nodes"
        Body graph, "body (f32[3], f32[3]) -> (f32[]), 2 nodes"
        Executable.Compile graph, "executable (f32[3], f32[3]) -> (f32[]), 1 node"
        SavedProgram(graph, null, [| "sum" |]), "program (x: f32[3], y: f32[3]) -> (f32[]), 2 nodes"
        Expr.Of [| 1.0f; 2.0f |], "f32[2] 1 2"
        Tensor.vector [ 1; 2 ], "i32[2] 1 2"
    ]

let private debuggers =
    testList
        "debuggers"
        [
            testCase "a short line for every value" (fun () ->
                for value, expected in lines do
                    Expect.equal (shown value) expected (value.GetType().Name))

            testCase "what opens, opens" (fun () ->
                for value, _ in lines do
                    opened value |> ignore

                let view = Map(opened (NDArray.Matrix(array2D [ [ 1; 2 ]; [ 3; 4 ] ])))
                Expect.equal (view["Elements"] :?> Array[]) [| [| 1; 2 |]; [| 3; 4 |] |] "rows of a matrix"
                Expect.equal (Map(opened graph)["Nodes"] :?> Node[]).Length 2 "nodes"
                Expect.equal (string (Map(opened graph)["Text"])) (graph.ToString()) "text")

            testCase "nothing that is pending runs" (fun () ->
                let x = pending ()
                Expect.equal (shown x) "f64[2] (pending)" "a tensor"
                Expect.equal (shown x.Expr) "f64[2] (pending)" "an expression"
                Expect.equal (Map(opened x)["State"]) "pending" "opened"
                Expect.isNull (Map(opened x.Expr)["Value"]) "no value"
                Expect.isTrue (isPending x) "still pending"
                Expect.equal (value (Tensor.sum x)) 10.0 "and it can run"
                Expect.equal (shown (pending ())) "f64[2] (pending)" "another one")

            testCase "inside a trace and after its end" (fun () ->
                let mutable kept = Tensor.scalar 0.0

                let f (x: Tensor<float>) =
                    kept <- 2.0 * x
                    Expect.equal (shown kept) "f64[2] (traced)" "inside"
                    opened kept |> ignore
                    kept

                compile f (Tensor.vector [ 1.0; 2.0 ]) |> ignore
                Expect.equal (shown kept) "f64[2] (traced)" "after its end"
                Expect.equal (Map(opened kept)["State"]) "traced" "opened"
                Expect.equal (shown kept.Expr.Frame) (kept.Expr.Frame.ToString()) "the frame")

            testCase "large values stay short" (fun () ->
                let mutable value = Value.Parameter(TensorType.Of(DType.F32, 3))
                let parameter = value

                for _ in 1..100_000 do
                    value <- Primitives.Ops.Neg value

                let long =
                    Graph(Collections.Immutable.ImmutableArray.Create parameter, Collections.Immutable.ImmutableArray.Create value)

                let wide = Graph.Of(Seq.replicate 1000 (TensorType.Of(DType.F32) :> ValueType), fun values -> values)

                let big: obj list =
                    [
                        long
                        Body long
                        wide
                        NDArray.New(DType.F64, Shape.Of(1000, 1000))
                        mixed [ 200; 200 ]
                    ]

                for value in big do
                    Expect.isLessThan (shown value).Length 200 "the line"

                    for name, part in opened value do
                        match part with
                        | :? string as text -> Expect.isLessThan text.Length 40_000 name
                        | :? Array as items when name = "Elements" -> Expect.isLessThanOrEqual items.Length 10_000 name
                        | _ -> ())
        ]

/// Public types that are tools, not data: nobody prints them.
let private tools =
    [
        "Kernel"
        "Serial"
        "Accumulator"
        "AttributeReader"
        "EvaluationContext"
        "RuleContext"
        "SampleSource"
        "Substitution"
        "CustomRules"
        "Scope"
        "ElementCounter"
        "Interpreter"
        "HostValue"
        "CustomRule`2"
    ]

let private printing =
    testList
        "printing"
        [
            testCase "every public type prints something of its own" (fun () ->
                let silent =
                    [
                        for assembly in [ typeof<NDArray>.Assembly; typeof<Tensor<float>>.Assembly ] do
                            for kind in assembly.GetExportedTypes() do
                                let isData =
                                    not (kind.IsAbstract && kind.IsSealed)
                                    && not (kind.IsInterface || kind.IsEnum)
                                    && not (typeof<Delegate>.IsAssignableFrom kind || typeof<exn>.IsAssignableFrom kind)
                                    && not (typeof<Attribute>.IsAssignableFrom kind)

                                let isSilent () =
                                    let declares = kind.GetMethod("ToString", Type.EmptyTypes).DeclaringType
                                    declares = typeof<obj> || declares = typeof<System.ValueType>

                                if isData && isSilent () then
                                    kind.Name
                    ]

                Expect.isEmpty (List.except tools silent) "types that print their own name alone")

            testCase "%A, ToString and F# Interactive agree" (fun () ->
                let x: Tensor<float> = Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.5 ] ]

                let words (text: string) =
                    Regex.Matches(text, @"[\w.]+") |> Seq.map _.Value |> List.ofSeq

                Expect.equal (words (x.ToString())) [ "f64"; "2"; "2"; "1"; "2"; "3"; "4.5" ] "ToString"
                Expect.equal (words (sprintf "%A" x)) (words (x.ToString())) "%A")

            testCase "slices, paddings and regions" (fun () ->
                let texts =
                    [
                        Slice.At(-1).ToString(), "-1"
                        Slice.All.ToString(), ":"
                        Slice.Of(1, 5).ToString(), "1:5"
                        Slice.Of(Nullable(), Nullable(), -1).ToString(), "::-1"
                        Slice.Window(Expr.Scalar 1, 3).ToString(), "[tensor : tensor + 3]"
                        Slice.Ellipsis.ToString(), "…"
                        Padding.Same.ToString(), "same"
                        Padding.Of(struct (1, 2)).ToString(), "(1, 2)"
                    ]

                for actual, expected in texts do
                    Expect.equal actual expected "text")
        ]

[<Tests>]
let tests = testList "displays" [ debuggers; printing ]
