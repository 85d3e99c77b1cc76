/// One call of a primitive in other dtypes: those that its typing rule accepts.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Retyping

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Numerics
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// Tenths become whole numbers, so that those between 0 and 1 do not all become 0.
let private toWhole (x: Scalar) =
    if not (x.Type.IsDifferentiable()) then
        Wholes.number x
    else
        let tenths = 10.0 * x.AsDouble

        if Double.IsNaN tenths then
            0I
        elif Double.IsInfinity tenths then
            BigInteger(float (sign tenths)) * (1I <<< 70)
        else
            BigInteger(Math.Round tenths)

/// The nearest number of a dtype; a real number gets another one's half as imaginary part.
let private scalar (dtype: DType) (x: Scalar) (other: Scalar) =
    if dtype.IsComplex() then
        let imaginary =
            if x.Type.IsComplex() then
                x.AsComplex.Imaginary
            else
                0.5 * other.AsDouble

        Scalar.Of(dtype, Complex(x.AsDouble, imaginary))
    elif dtype.IsFloating() then
        Scalar.Of(dtype, x.AsDouble)
    elif dtype = DType.Bool then
        Scalar.Of(toWhole x <> 0I)
    else
        let low, high = Wholes.range dtype
        Wholes.scalar dtype (max low (min high (toWhole x)))

/// The nearest value of a dtype.
let rec value (dtype: DType) (x: HostValue) : HostValue =
    match x with
    | :? NDArray as x ->
        let result = NDArray.New(dtype, x.Shape)

        for i in 0 .. x.Size - 1 do
            result.Set(i, scalar dtype (x.At i) (x.At((i + 1) % x.Size)))

        result
    | :? HostStack as x ->
        let result = HostStack(dtype, x.Shape, x.Depth)

        for i in 0 .. x.Count - 1 do
            result.Put(i, value dtype (Values.entry x i))

        result
    | _ -> failwith "A value is an array or a stack."

let dtypeOf (x: HostValue) =
    match x with
    | :? NDArray as x -> x.Type
    | x -> (x :?> HostStack).Type

/// Whether the primitive has bodies: its dtypes are theirs.
let holdsBodies (primitive: Primitive) =
    let mutable found = false

    primitive.MapBodies(fun body ->
        found <- true
        body)
    |> ignore

    found

/// The dtypes and scalars among the attributes.
let private attributeTypes (primitive: Primitive) =
    primitive.Attributes
    |> Seq.choose (fun attribute ->
        match attribute.Value with
        | :? string as text -> DTypes.Parse text |> Option.ofNullable
        | :? Scalar as number -> Some number.Type
        | _ -> None)
    |> Seq.distinct
    |> List.ofSeq

/// The primitive with one dtype replaced in its attributes.
let private attributes (from: DType) (target: DType) (primitive: Primitive) : Primitive =
    let attribute (value: obj) : obj =
        match value with
        | :? string as text when text = from.Name() -> target.Name()
        | :? Scalar as number when number.Type = from -> scalar target number number
        | _ -> value

    let read = Dictionary<string, obj>()

    for item in primitive.Attributes do
        read[item.Name] <- attribute item.Value

    if
        primitive.Attributes
        |> Seq.forall (fun item -> item.Value.Equals read[item.Name])
    then
        primitive
    else
        Catalogue.Core.Find(primitive.Name).Read.Invoke(AttributeReader(primitive.Name, read))

/// One node as a graph, or None where the typing rule refuses the operands.
let call (primitive: Primitive) (operands: HostValue list) =
    try
        Some(Graph.Of(operands |> List.map ValueTypes.Of, fun x -> Node.Make(primitive, x.ToImmutableArray()).Results))
    with :? AdjointException ->
        None

/// The primitive of a case that is one call of it.
let primitive (case: Case) =
    let same (a: Value seq) (b: Value seq) =
        Seq.length a = Seq.length b
        && Seq.forall2 (fun x y -> obj.ReferenceEquals(x, y)) a b

    match List.ofSeq case.Graph.Nodes with
    | [ node ] when same node.Operands case.Graph.Parameters && same node.Results case.Graph.Results -> Some node.Primitive
    | _ -> None

let private withTangents (operands: HostValue list) (active: ParameterMask) =
    List.zip operands (List.ofSeq active)
    |> List.map (fun (x, flag) -> flag && ValueTypes.Of(x).HasTangent)

/// A value of one dtype in another; other values stay.
let change (from: DType) (target: DType) (x: HostValue) =
    if dtypeOf x = from then value target x else x

/// The case with operands of one dtype in another, and the attributes as given; None where the typing rule refuses it.
let private retyped (case: Case) primitive (from: DType) (target: DType) =
    let lanes = case.Lanes |> List.map (List.map (change from target))

    call primitive lanes.Head
    |> Option.map (fun graph -> Case.make graph lanes (withTangents lanes.Head case.Active))

/// The case with operands and attributes of one dtype in another.
let replace (from: DType) (target: DType) (case: Case) =
    match primitive case with
    | Some primitive when not (holdsBodies primitive) -> retyped case (attributes from target primitive) from target
    | _ -> None

let private groups (case: Case) =
    case.Operands |> List.map dtypeOf |> List.distinct

/// Calls of the same primitive, each with the dtype that is tried: operands of one dtype in another, attributes along with
/// them or not, and attributes alone.
let variants (case: Case) : (DType * Case) list =
    match primitive case with
    | Some primitive when not (holdsBodies primitive) ->
        let operands =
            [
                for from in groups case do
                    for target in DTypes.All do
                        match replace from target case with
                        | Some other -> target, other
                        | None -> ()
            ]

        // With operands, every pair of an operand's dtype and an attribute's; without, the attribute's alone.
        let alone =
            [
                for from in attributeTypes primitive do
                    for target in DTypes.All do
                        let changed = attributes from target primitive

                        match case.Operands with
                        | [] ->
                            yield!
                                retyped case changed target target
                                |> Option.map (fun other -> target, other)
                                |> Option.toList
                        | first :: _ ->
                            for dtype in DTypes.All do
                                yield!
                                    retyped case changed (dtypeOf first) dtype
                                    |> Option.map (fun other -> dtype, other)
                                    |> Option.toList
            ]

        operands @ alone
    | Some _ -> [ for dtype in groups case -> dtype, case ]
    | None -> []

/// The dtype of the same kind that holds the most, or None where there is none wider.
let wider (dtype: DType) =
    match dtype with
    | DType.F16
    | DType.BF16
    | DType.F32 -> Some DType.F64
    | DType.C64 -> Some DType.C128
    | DType.I8
    | DType.I16
    | DType.I32 -> Some DType.I64
    | DType.U8
    | DType.U16
    | DType.U32 -> Some DType.U64
    | _ -> None
