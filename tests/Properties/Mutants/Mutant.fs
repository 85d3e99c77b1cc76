/// Primitives with one rule broken, made at run time: what the laws must notice.
module Adjoint.Properties.Mutants.Mutant

open System
open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// What is broken.
type Fault =
    | Nothing
    | JvpSign
    | JvpFactor
    | JvpTerm
    | TransposeSign
    | TransposeFactor
    | TransposeTerm
    | BatchFirstLane
    | EvaluateElement

let faults =
    [
        "jvp: sign", JvpSign
        "jvp: factor", JvpFactor
        "jvp: term", JvpTerm
        "transpose: sign", TransposeSign
        "transpose: factor", TransposeFactor
        "transpose: term", TransposeTerm
        "batch: first lane", BatchFirstLane
        "evaluate: element", EvaluateElement
    ]

let private negated (x: Value) =
    match x.Type with
    | :? TensorType -> Ops.Neg x
    | _ -> x

let private doubled (x: Value) = Ops.AddAny(x, x)

/// An accumulator into which something else is added.
type private Diverted(inner: Accumulator, change: Value -> Value | null) =
    inherit Accumulator()
    override _.Type = inner.Type
    override _.HasValue = inner.HasValue
    override _.Take() = inner.Take()

    override _.Add cotangent =
        inner.Add(if isNull cotangent then null else change cotangent)

/// The first lane of a batched tensor for all lanes.
let private firstLane (x: Batched) =
    match x.Value.Type with
    | :? TensorType as tensor when x.IsBatched ->
        let others =
            Axes
                [|
                    for axis in 0 .. tensor.Rank - 1 do
                        if axis <> x.Axis then
                            axis
                |]

        let first = Ops.Reshape(Ops.SliceAxis(x.Value, x.Axis, 0, 1), tensor.Shape.Remove x.Axis)
        Batched(Ops.Broadcast(first, tensor.Shape, others), x.Axis)
    | _ -> x

/// The first number a little larger, or another one.
let rec private perturbed (value: HostValue) : HostValue =
    match value with
    | :? HostStack as stack when stack.Count > 0 ->
        let copy = stack.Copy()
        copy.Put(0, perturbed (Adjoint.Properties.Laws.Values.entry stack 0))
        copy
    | :? NDArray as x when x.Size > 0 ->
        let copy = x.Copy()
        let first = x.At 0

        let other =
            if x.Type.IsComplex() then
                Scalar.Of(x.Type, first.AsComplex * Numerics.Complex(1.01, 0.0) + Numerics.Complex(0.01, 0.0))
            elif x.Type.IsFloating() then
                Scalar.Of(x.Type, first.AsDouble * 1.01 + 0.01)
            elif first.Bits = 0UL then
                Scalar.One x.Type
            else
                Scalar.Zero x.Type

        copy.Set(0, other)
        copy
    | _ -> value

/// Without the last of the tangents or cotangents that are there.
let private withoutLast (values: IReadOnlyList<Value>) =
    let last = values |> Seq.tryFindIndexBack (fun value -> not (isNull value))

    [|
        for i in 0 .. values.Count - 1 -> if Some i = last then null else values[i]
    |]

/// A primitive with one rule broken; whatever its own rules make of it again is broken too.
type Mutant(inner: Primitive, fault: Fault) =
    inherit Primitive()

    /// Puts the mutant where a rule has put the primitive itself: in nodes behind the results, down to what the rule was given.
    let infect (given: Value seq) (results: Value[]) =
        let known = HashSet<Value>(given, HashIdentity.Reference)
        let substitution = Substitution()

        let rec visit (value: Value) =
            if not (isNull value) && not (isNull value.Producer) && known.Add value then
                let node = value.Producer
                Seq.iter visit node.Operands
                let operands = substitution.Of node.Operands

                if node.Primitive.GetType() = inner.GetType() then
                    let broken = Node.Make(Mutant(node.Primitive, fault), operands, node.Origin)

                    Seq.iter2
                        (fun (y: Value) (z: Value) ->
                            known.Add y |> ignore
                            substitution[y] <- z)
                        node.Results
                        broken.Results
                else
                    substitution.Apply node |> ignore
                    Seq.iter (fun y -> known.Add y |> ignore) node.Results

        Array.iter visit results

        results
        |> Array.map (fun value -> if isNull value then null else substitution[value])

    let fromJvp (tangents: Value[]) =
        let change f =
            tangents |> Array.map (fun t -> if isNull t then null else f t)

        match fault with
        | JvpSign -> change negated
        | JvpFactor -> change doubled
        | _ -> tangents

    let intoJvp (tangents: IReadOnlyList<Value>) : IReadOnlyList<Value> =
        if fault = JvpTerm then withoutLast tangents else tangents

    let empty (tangents: IReadOnlyList<Value>) = Seq.forall isNull tangents

    let dual (node: Node) (tangents: IReadOnlyList<Value>) (rule: IReadOnlyList<Value> -> Dual) =
        let kept = intoJvp tangents

        if empty kept then
            Dual(node.Results, Array.zeroCreate node.Results.Length)
        else
            let made = rule kept

            let given =
                Seq.concat
                    [
                        Seq.cast<Value> node.Operands
                        Seq.filter (isNull >> not) kept
                        Seq.cast<Value> node.Results
                    ]

            let all = infect given (Array.append (Array.ofSeq made.Primals) (fromJvp made.Tangents))
            let count = made.Primals.Length
            Dual(ImmutableArray.CreateRange(Array.take count all), Array.skip count all)

    member _.Inner = inner

    override _.Name = inner.Name
    override _.Attributes = inner.Attributes

    override this.MapBodies map =
        let mapped = inner.MapBodies map

        if Object.ReferenceEquals(mapped, inner) then
            this
        else
            Mutant(mapped, fault)

    override _.Infer types = inner.Infer types
    override _.BatchesStacks = inner.BatchesStacks
    override _.Lower types = inner.Lower types
    override _.Cost types = inner.Cost types

    override _.Evaluate(operands, context) =
        let results = inner.Evaluate(operands, context)

        if fault = EvaluateElement then
            results
            |> Array.mapi (fun i held -> if i = 0 then Held(perturbed held.Value, true) else held)
        else
            results

    override _.Jvp(node, tangents, context) =
        (dual node tangents (fun kept -> Dual(node.Results, inner.Jvp(node, kept, context)))).Tangents

    override _.JvpWithPrimal(node, tangents, context) =
        dual node tangents (fun kept -> inner.JvpWithPrimal(node, kept, context))

    override _.Linearize(node, tangents, context) =
        dual node tangents (fun kept -> inner.Linearize(node, kept, context))

    override _.Transpose(node, cotangents, accumulators, context) =
        let divert change =
            accumulators
            |> Seq.map (fun into ->
                if isNull into then
                    null
                else
                    Diverted(into, change) :> Accumulator)
            |> Array.ofSeq

        match fault with
        | TransposeSign -> inner.Transpose(node, cotangents, divert negated, context)
        | TransposeFactor -> inner.Transpose(node, cotangents, divert doubled, context)
        | TransposeTerm ->
            let last = accumulators |> Seq.findIndexBack (fun into -> not (isNull into))
            let dropped = divert (fun _ -> null)

            inner.Transpose(
                node,
                cotangents,
                Array.init accumulators.Count (fun i -> if i = last then dropped[i] else accumulators[i]),
                context
            )
        | _ -> inner.Transpose(node, cotangents, accumulators, context)

    override _.Batch(node, operands, size, context) =
        let results = inner.Batch(node, operands, size, context)

        if fault = BatchFirstLane then
            Array.map firstLane results
        else
            results

    override this.``<Clone>$``() = this :> Primitive

    override _.Equals(other: Primitive) =
        match other with
        | :? Mutant as mutant -> mutant.Inner.Equals inner
        | _ -> false

    override this.Equals(other: obj) =
        match other with
        | :? Primitive as primitive -> this.Equals primitive
        | _ -> false

    override _.GetHashCode() = inner.GetHashCode()
