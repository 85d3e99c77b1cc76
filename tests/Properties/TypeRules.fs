/// Type rules under any attributes and operands: each gives types or refuses with an error of the family, and what it
/// takes is written as text and read back. So no text, wherever it comes from, can do more than be refused.
module Adjoint.Properties.TypeRules

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// Draws attributes and types: mostly small and fitting together, now and then absurd.
type private Source(seed: int) =
    let random = Random seed

    let pick (items: 'T list) = items[random.Next items.Length]

    let extent () =
        pick
            [
                0
                1
                2
                2
                2
                3
                3
                if random.Next 10 = 0 then
                    Int32.MaxValue
            ]

    let many most draw =
        [| for _ in 1 .. random.Next(most + 1) -> draw () |]

    /// Types of operands, often all the same, or a number before the others.
    let operands (draw: unit -> ValueType) =
        let one = draw ()
        let number = TensorType.Of(pick [ DType.I64; DType.Bool ]) :> ValueType
        let others = many 4 (fun () -> if random.Next 3 > 0 then one else draw ())

        if random.Next 2 = 0 then
            others
        else
            Array.append [| number |] others

    let mutable drawn: ValueType[] = [||]

    member _.Number() =
        pick
            [
                0
                0
                1
                1
                2
                3
                -1
                if random.Next 5 = 0 then
                    pick [ Int32.MaxValue; Int32.MinValue ]
            ]

    member source.Shape() = Shape.Of(many 3 extent)

    member source.DType() =
        pick
            [
                DType.F32
                DType.F32
                DType.F64
                DType.I64
                DType.Bool
                DType.C64
                pick (List.ofSeq DTypes.All)
            ]

    member source.Type() : ValueType =
        if random.Next 6 = 0 then
            StackType(source.Type())
        else
            TensorType(source.DType(), source.Shape())

    /// A body that returns some of its parameters, which are often the types of the operands.
    member source.Body() =
        let types =
            if random.Next 4 > 0 then
                drawn[random.Next(drawn.Length + 1) ..]
            else
                many 3 source.Type

        Body(Graph.Of(types, fun parameters -> parameters |> Seq.filter (fun _ -> random.Next 4 > 0)))

    member source.Attribute(kind: Type) : obj =
        if kind = typeof<bool> then
            random.Next 2 = 0 |> box
        elif kind = typeof<int> then
            source.Number() |> box
        elif kind = typeof<int64> then
            int64 (source.Number()) |> box
        elif kind = typeof<string> then
            pick [ ""; "ij,jk->ik"; "\"\n" ] |> box
        elif kind = typeof<Ints> then
            Ints(many 3 source.Number) |> box
        elif kind = typeof<Axes> then
            Axes(many 3 (fun () -> random.Next 4) |> Array.distinct) |> box
        elif kind = typeof<Shape> then
            source.Shape() |> box
        elif kind = typeof<Scalar> then
            Scalar.One(source.DType()) |> box
        elif kind = typeof<Body> then
            source.Body() |> box
        elif kind = typeof<Bodies> then
            Bodies(many 3 source.Body) |> box
        else
            let values = Enum.GetValues kind
            values.GetValue(random.Next values.Length)

    member source.Operands() =
        drawn <- operands source.Type
        drawn

let private drawn (entry: PrimitiveEntry) seed =
    let source = Source seed

    let constructor = entry.Type.GetConstructors() |> Array.maxBy _.GetParameters().Length

    let operands = source.Operands()

    let attributes =
        constructor.GetParameters()
        |> Array.map (fun parameter -> source.Attribute parameter.ParameterType)

    constructor.Invoke attributes :?> Primitive, operands

let private check entry seed =
    let primitive, types = drawn entry seed

    let graph =
        try
            let make (parameters: seq<Value>) : seq<Value> =
                Node.Make(primitive, parameters.ToImmutableArray()).Results

            Some(Graph.Of(types, make))
        with :? AdjointException ->
            None

    match graph with
    | None -> ()
    | Some graph ->
        let text = GraphText.Write graph
        let back = GraphText.Parse(text, Catalogue.Core)
        Expect.isTrue (Body(graph).Equals(Body back)) $"reads back equal: {text}"

[<Tests>]
let tests =
    testList
        "type rules"
        [
            for entry in Catalogue.Core.Entries do
                testCase entry.Name (fun () ->
                    for seed in 1..1000 do
                        try
                            check entry seed
                        with
                        | :? AssertException -> reraise ()
                        | error ->
                            let primitive, types = drawn entry seed
                            let operands = types |> Seq.map string |> String.concat ", "
                            failtest $"{primitive} on {operands}: {error}")
        ]
