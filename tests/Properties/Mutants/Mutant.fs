/// Primitives with one rule broken, made at run time: what the laws must notice.
module Adjoint.Properties.Mutants.Mutant

open System
open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// What is broken.
type Fault =
    | Nothing
    | JvpSign
    | JvpFactor
    | JvpTerm
    | JvpSwapped
    | JvpOfF32
    | LinearizeSign
    | LinearizeFactor
    | LinearizeTerm
    | LinearizeResidual
    | TransposeSign
    | TransposeFactor
    | TransposeTerm
    | TransposeFirst
    | TransposeReplaces
    | BatchFirstLane
    | BatchAxis
    | BatchOperand
    | EvaluateElement
    | EvaluateEvery
    | EvaluateSwapped
    | EvaluateNaN
    | EvaluateF32
    | EvaluateI32
    | InferLax
    | InferShape
    | LowerElement
    | ContextJvp
    | ContextLinearize
    | ContextTranspose
    | ContextBatch

/// Each fault's name, and what it does.
let faults =
    [
        "jvp: sign", JvpSign
        "jvp: factor", JvpFactor
        "jvp: dropped term", JvpTerm
        "jvp: swapped tangents", JvpSwapped
        "jvp: factor in f32 alone", JvpOfF32
        "linearize: sign", LinearizeSign
        "linearize: factor", LinearizeFactor
        "linearize: dropped term", LinearizeTerm
        "linearize: wrong residual", LinearizeResidual
        "transpose: sign", TransposeSign
        "transpose: factor", TransposeFactor
        "transpose: last accumulator dropped", TransposeTerm
        "transpose: first accumulator dropped", TransposeFirst
        "transpose: forgets what was gathered", TransposeReplaces
        "batch: first lane for all", BatchFirstLane
        "batch: result's axis off by one", BatchAxis
        "batch: operand's axis off by one", BatchOperand
        "evaluate: first element", EvaluateElement
        "evaluate: every element", EvaluateEvery
        "evaluate: swapped operands", EvaluateSwapped
        "evaluate: NaN becomes 0", EvaluateNaN
        "evaluate: wrong in f32 alone", EvaluateF32
        "evaluate: wrong in i32 alone", EvaluateI32
        "infer: too lax", InferLax
        "infer: wrong shape", InferShape
        "lower: first element", LowerElement
        "context: body's jvp", ContextJvp
        "context: body's linear part", ContextLinearize
        "context: body's transpose", ContextTranspose
        "context: body's batch", ContextBatch
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

/// An accumulator that lets go what it held before it adds.
type private Forgetting(inner: Accumulator) =
    inherit Accumulator()
    override _.Type = inner.Type
    override _.HasValue = inner.HasValue
    override _.Take() = inner.Take()

    override _.Add cotangent =
        inner.Take() |> ignore
        inner.Add cotangent

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

/// Each number changed, alike in every lane.
let rec private shifted (value: HostValue) : HostValue =
    match value with
    | :? HostStack as stack ->
        let copy = stack.Copy()

        for i in 0 .. stack.Count - 1 do
            copy.Put(i, shifted (Adjoint.Properties.Laws.Values.entry stack i))

        copy
    | :? NDArray as x ->
        let copy = x.Copy()

        for i in 0 .. x.Size - 1 do
            let number = x.At i

            let other =
                if x.Type.IsComplex() then
                    Scalar.Of(x.Type, number.AsComplex * Numerics.Complex(1.5, 0.0) + Numerics.Complex(0.5, 0.0))
                elif x.Type.IsFloating() then
                    Scalar.Of(x.Type, number.AsDouble * 1.5 + 0.5)
                else
                    Wholes.scalar x.Type (Wholes.wrap x.Type (Wholes.number number + 1I))

            copy.Set(i, other)

        copy
    | _ -> value

/// NaN become zeros.
let private withoutNaN (value: HostValue) : HostValue =
    match value with
    | :? NDArray as x when x.Type.IsFloating() ->
        let copy = x.Copy()

        for i in 0 .. x.Size - 1 do
            if Double.IsNaN((x.At i).AsDouble) then
                copy.Set(i, Scalar.Zero x.Type)

        copy
    | _ -> value

/// Without the last of the tangents or cotangents that are there.
let private withoutLast (values: IReadOnlyList<Value>) =
    let last = values |> Seq.tryFindIndexBack (fun value -> not (isNull value))

    [|
        for i in 0 .. values.Count - 1 -> if Some i = last then null else values[i]
    |]

/// The first two items that are alike, exchanged.
let private swapped (alike: 'T -> 'T -> bool) (items: 'T[]) =
    let pairs =
        seq {
            for i in 0 .. items.Length - 2 do
                for j in i + 1 .. items.Length - 1 do
                    if alike items[i] items[j] then
                        i, j
        }

    match Seq.tryHead pairs with
    | Some(i, j) ->
        items
        |> Array.mapi (fun k item ->
            if k = i then items[j]
            elif k = j then items[i]
            else item)
    | None -> items

let private axisOff (x: Batched) =
    match x.Value.Type with
    | :? TensorType as tensor when x.IsBatched && tensor.Rank > 1 -> Batched(x.Value, (x.Axis + 1) % tensor.Rank)
    | _ -> x

/// A kernel whose first number is wrong.
type private BrokenKernel(inner: Kernel) =
    inherit Kernel()
    override _.MayOverwrite(operand, result) = inner.MayOverwrite(operand, result)

    override _.Run(operands, results, context) =
        inner.Run(operands, results, context)
        let result = results[0]

        if result.Size > 0 then
            result.Set(0, (perturbed result :?> NDArray).At 0)

/// Transforms of bodies, one of them wrong.
type private BrokenContext(inner: RuleContext, fault: Fault) =
    inherit RuleContext()

    let changed at change (graph: Graph) =
        if at < 0 || at >= graph.Results.Length then
            graph
        else
            Graph(graph.Parameters, graph.Results.SetItem(at, change graph.Results[at]))

    override _.Jvp(body, active, required) =
        let made = inner.Jvp(body, active, required)

        if fault = ContextJvp && made.Tangents.Any then
            JvpBody(changed (made.Graph.Results.Length - 1) doubled made.Graph, made.Tangents)
        else
            made

    override _.Linearize(body, active, required) =
        let made = inner.Linearize(body, active, required)

        if fault = ContextLinearize then
            LinearizedBody(made.Primal, changed 0 doubled made.Linear, made.Forwarded, made.Residuals, made.Tangents)
        else
            made

    override _.Transpose(body, linear, given, accumulated) =
        let made = inner.Transpose(body, linear, given, accumulated)

        if fault = ContextTranspose then
            TransposedBody(changed 0 doubled made.Graph, made.NonZero)
        else
            made

    override _.Batch(body, batched, required, size) =
        let made = inner.Batch(body, batched, required, size)

        if fault = ContextBatch && made.Batched[0] then
            BatchedBody(changed 0 (fun y -> (firstLane (Batched(y, 0))).Value) made.Graph, made.Batched)
        else
            made

    override _.Reached(body, sources) = inner.Reached(body, sources)

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

    let isF32 (node: Node) =
        node.Operands
        |> Seq.exists (fun x ->
            match x.Type with
            | :? TensorType as tensor -> tensor.DType = DType.F32
            | _ -> false)

    let change f (tangents: Value[]) =
        tangents |> Array.map (fun t -> if isNull t then null else f t)

    let fromRule isSplit (node: Node) (tangents: Value[]) =
        match fault with
        | JvpSign -> change negated tangents
        | JvpFactor -> change doubled tangents
        | JvpOfF32 when isF32 node -> change doubled tangents
        | LinearizeSign when isSplit -> change negated tangents
        | LinearizeFactor when isSplit -> change doubled tangents
        | _ -> tangents

    let intoRule isSplit (tangents: IReadOnlyList<Value>) : IReadOnlyList<Value> =
        let alike (x: Value) (y: Value) =
            not (isNull x) && not (isNull y) && x.Type.Equals y.Type

        match fault with
        | JvpTerm -> withoutLast tangents
        | LinearizeTerm when isSplit -> withoutLast tangents
        | JvpSwapped -> swapped alike (Array.ofSeq tangents)
        | _ -> tangents

    let empty (tangents: IReadOnlyList<Value>) = Seq.forall isNull tangents

    let dual isSplit (node: Node) (tangents: IReadOnlyList<Value>) (rule: IReadOnlyList<Value> -> Dual) =
        let kept = intoRule isSplit tangents

        if empty kept then
            Dual(node.Results, Array.zeroCreate node.Results.Length)
        else
            let made = rule kept
            let given = kept |> Seq.filter (isNull >> not) |> List.ofSeq

            let spoiled =
                if isSplit && fault = LinearizeResidual then
                    Residuals.spoil doubled given made.Tangents
                else
                    made.Tangents

            let known =
                Seq.concat
                    [
                        Seq.cast<Value> node.Operands
                        Seq.ofList given
                        Seq.cast<Value> node.Results
                    ]

            let all = infect known (Array.append (Array.ofSeq made.Primals) (fromRule isSplit node spoiled))
            let count = made.Primals.Length
            Dual(ImmutableArray.CreateRange(Array.take count all), Array.skip count all)

    let context (given: RuleContext) : RuleContext =
        match fault with
        | ContextJvp
        | ContextLinearize
        | ContextTranspose
        | ContextBatch -> BrokenContext(given, fault)
        | _ -> given

    let ofType dtype (results: Held[]) =
        results
        |> Array.map (fun held ->
            match held.Value with
            | :? NDArray as x when x.Type = dtype -> Held(shifted x, true)
            | _ -> held)

    member _.Inner = inner

    override _.Name = inner.Name
    override _.Attributes = inner.Attributes

    override this.MapBodies map =
        let mapped = inner.MapBodies map

        if Object.ReferenceEquals(mapped, inner) then
            this
        else
            Mutant(mapped, fault)

    override _.Infer types =
        match fault with
        | InferLax ->
            try
                inner.Infer types
            with :? TypeRuleException when types.Length > 0 ->
                // As if all operands were like the first.
                inner.Infer(ImmutableArray.CreateRange [ for _ in types -> types[0] ])
        | InferShape ->
            let results = inner.Infer types

            match results[0] with
            | :? TensorType as tensor -> results.SetItem(0, TensorType(tensor.DType, tensor.Shape.Insert(0, Extent 1)))
            | _ -> results
        | _ -> inner.Infer types

    override _.BatchesStacks = inner.BatchesStacks

    override _.Lower types =
        match inner.Lower types with
        | null -> null
        | kernel when fault = LowerElement -> BrokenKernel kernel
        | kernel -> kernel

    override _.Cost types = inner.Cost types

    override _.Evaluate(operands, context) =
        let alike (x: Held) (y: Held) =
            ValueTypes.Of(x.Value).Equals(ValueTypes.Of y.Value)

        let given =
            if fault = EvaluateSwapped then
                swapped alike (operands.ToArray())
            else
                operands.ToArray()

        let results = inner.Evaluate(ReadOnlySpan given, context)

        let first change =
            results
            |> Array.mapi (fun i held -> if i = 0 then Held(change held.Value, true) else held)

        match fault with
        | EvaluateElement -> first perturbed
        | EvaluateEvery -> first shifted
        | EvaluateNaN -> first withoutNaN
        | EvaluateF32 -> ofType DType.F32 results
        | EvaluateI32 -> ofType DType.I32 results
        | _ -> results

    override _.Jvp(node, tangents, given) =
        (dual false node tangents (fun kept -> Dual(node.Results, inner.Jvp(node, kept, context given)))).Tangents

    override _.JvpWithPrimal(node, tangents, given) =
        dual false node tangents (fun kept -> inner.JvpWithPrimal(node, kept, context given))

    override _.Linearize(node, tangents, given) =
        dual true node tangents (fun kept -> inner.Linearize(node, kept, context given))

    override _.Transpose(node, cotangents, accumulators, given) =
        let present =
            [
                for i in 0 .. accumulators.Count - 1 do
                    if not (isNull accumulators[i]) then
                        i
            ]

        let wrapped (wrap: int -> Accumulator -> Accumulator) : IReadOnlyList<Accumulator> =
            [|
                for i in 0 .. accumulators.Count - 1 ->
                    if isNull accumulators[i] then
                        null
                    else
                        wrap i accumulators[i]
            |]

        let drop chosen =
            wrapped (fun i into -> if i = chosen then Diverted(into, (fun _ -> null)) else into)

        let into =
            match fault with
            | TransposeSign -> wrapped (fun _ into -> Diverted(into, negated))
            | TransposeFactor -> wrapped (fun _ into -> Diverted(into, doubled))
            | TransposeTerm -> drop (List.last present)
            | TransposeFirst -> drop present.Head
            | TransposeReplaces -> wrapped (fun _ into -> Forgetting into)
            | _ -> accumulators

        inner.Transpose(node, cotangents, into, context given)

    override _.Batch(node, operands, size, given) =
        let operands: IReadOnlyList<Batched> =
            if fault = BatchOperand then
                [| for operand in operands -> axisOff operand |]
            else
                operands

        let results = inner.Batch(node, operands, size, context given)

        match fault with
        | BatchFirstLane -> Array.map firstLane results
        | BatchAxis -> Array.map axisOff results
        | _ -> results

    interface Adjoint.Properties.Judge.IDisguise with
        member _.Inner = inner

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
