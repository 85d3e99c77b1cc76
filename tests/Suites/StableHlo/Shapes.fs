namespace Adjoint.Suites.StableHlo

open System.Text.Json
open Adjoint.Core
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Suites

/// StableHLO's operations that move elements, and its products, as the library's.
[<RequireQualifiedAccess>]
module Shapes =

    let private one primitive operands =
        (Elementwise.apply primitive operands)[0]

    let private broadcast (shape: Shape) (dims: int[]) (x: Expr) =
        let kept =
            [|
                for i in 0 .. dims.Length - 1 do
                    if x.Shape[i].Value = shape[dims[i]].Value then
                        i
            |]

        one (Broadcast(shape, Axes [| for i in kept -> dims[i] |])) [ x.Reshape(x.Shape.Select kept) ]

    let private slice statement (x: Expr) =
        let start, limit, stride =
            match Attributes.tryFind [ "ranges" ] statement with
            | Some ranges ->
                let rows = [| for range in ranges.EnumerateArray() -> Attributes.intsOf range |]
                let third (row: int[]) = if row.Length > 2 then row[2] else 1
                Array.map (fun (row: int[]) -> row[0]) rows, Array.map (fun (row: int[]) -> row[1]) rows, Array.map third rows
            | None ->
                Attributes.ints [ "start_indices" ] statement,
                Attributes.ints [ "limit_indices" ] statement,
                Attributes.ints [ "strides" ] statement

        one (Slice(Ints start, Ints limit, Ints stride)) [ x ]

    /// Indices with their vectors along a last axis, and where an axis of theirs is then.
    let private indexVectors (at: int) (indices: Expr) =
        if at = indices.Rank then
            indices.ExpandDims -1, id
        else
            indices.MoveAxis(at, -1), (fun axis -> if axis > at then axis - 1 else axis)

    let private gather statement (x: Expr) (indices: Expr) (sizes: int[]) =
        let numbers = Attributes.find [ "dimension_numbers" ] statement
        let field name = Attributes.fieldOf name numbers

        let at =
            match numbers.TryGetProperty "index_vector_dim" with
            | true, value -> value.GetInt32()
            | _ -> 0

        let vectors, moved = indexVectors at indices

        let axes =
            Gather(
                Axes(field "offset_dims"),
                Axes(field "collapsed_slice_dims"),
                Axes(field "start_index_map"),
                Axes(field "operand_batching_dims"),
                Axes(Array.map moved (field "start_indices_batching_dims")),
                Ints sizes,
                OutOfRange.Clamp
            )

        one axes [ x; vectors ]

    let private triangularSolve statement (a: Expr) (b: Expr) =
        let has name = Attributes.flag name statement
        let form = Attributes.text [ "transpose_a" ] statement

        a.TriangularSolve(
            b,
            lower = has "lower",
            left = has "left_side",
            transpose = not (form.EndsWith "NO_TRANSPOSE"),
            conjugate = form.EndsWith "ADJOINT",
            unitDiagonal = has "unit_diagonal"
        )

    /// A scatter that joins updates by the operation of this name; none sets.
    let scatter statement (join: string option) (x: Expr) (indices: Expr) (updates: Expr) =
        let numbers = Attributes.find [ "scatter_dimension_numbers" ] statement
        let field name = Attributes.fieldOf name numbers

        let at =
            match numbers.TryGetProperty "index_vector_dim" with
            | true, value -> value.GetInt32()
            | _ -> 0

        let vectors, moved = indexVectors at indices

        let update =
            match join with
            | None -> ScatterUpdate.Set
            | Some "add" -> ScatterUpdate.Add
            | Some "multiply" -> ScatterUpdate.Mul
            | Some "minimum" -> ScatterUpdate.Min
            | Some "maximum" -> ScatterUpdate.Max
            | Some other -> raise (Unmapped $"scatter joins by set, add, mul, min or max, not by {other}")

        let primitive =
            Scatter(
                Axes(field "update_window_dims"),
                Axes(field "inserted_window_dims"),
                Axes(field "scatter_dims_to_operand_dims"),
                Axes(field "input_batching_dims"),
                Axes(Array.map moved (field "scatter_indices_batching_dims")),
                update,
                OutOfRange.Drop
            )

        one primitive [ x; vectors; updates ]

    let private dot statement (x: Expr) (y: Expr) =
        let pair name =
            match Attributes.tryFind [ name ] statement with
            | Some value -> Attributes.fieldOf "lhs" value, Attributes.fieldOf "rhs" value
            | None -> [||], [||]

        let leftBatch, rightBatch = pair "batching_dims"
        let left, right = pair "contracting_dims"
        let kind = fst (Attributes.resultType statement)
        one (DotGeneral(Axes leftBatch, Axes rightBatch, Axes left, Axes right)) [ x.Cast kind; y.Cast kind ]

    /// The axes of an operand of a convolution in the order of these letters, then the spatial ones.
    let private layout (letters: string) (side: JsonElement) =
        let places =
            [
                for item in side.EnumerateArray() ->
                    if item.ValueKind = JsonValueKind.Number then
                        string (item.GetInt32())
                    else
                        item.GetString()
            ]

        let spatial = [ 0 .. places.Length - 3 ] |> List.map string

        [|
            for name in (letters |> Seq.map string |> List.ofSeq) @ spatial -> List.findIndex ((=) name) places
        |]

    let private inverse (order: int[]) =
        Array.init order.Length (fun i -> System.Array.IndexOf(order, i))

    let private convolution statement (x: Expr) (filter: Expr) =
        let numbers = Attributes.find [ "dim_numbers" ] statement
        let window = Attributes.find [ "window" ] statement
        let rank = x.Rank - 2
        let kind = fst (Attributes.resultType statement)

        let each (name: string) missing =
            match window.TryGetProperty name with
            | true, value -> Attributes.intsOf value
            | _ -> Array.create rank missing

        let low, high =
            match window.TryGetProperty "pad" with
            | true, value ->
                [|
                    for pair in value.EnumerateArray() -> pair[0].GetInt32(), pair[1].GetInt32()
                |]
                |> Array.unzip
            | _ -> Array.zeroCreate rank, Array.zeroCreate rank

        let primitive =
            ConvGeneral(
                Ints(each "stride" 1),
                Ints low,
                Ints high,
                Ints(each "lhs_dilate" 1),
                Ints(each "rhs_dilate" 1),
                Attributes.int [ "feature_group_count" ] statement,
                Attributes.int [ "batch_group_count" ] statement,
                false,
                false,
                false,
                false
            )

        let input = x.Cast(kind).Permute(layout "bf" (numbers.GetProperty "lhs"))
        let kernel = filter.Cast(kind).Permute(layout "oi" (numbers.GetProperty "rhs"))
        (one primitive [ input; kernel ]).Permute(inverse (layout "bf" (numbers.GetProperty "out")))

    let private pad statement (x: Expr) (number: Expr) =
        one
            (Pad(
                Ints(Attributes.ints [ "low" ] statement),
                Ints(Attributes.ints [ "high" ] statement),
                Ints(Attributes.ints [ "interior" ] statement)
            ))
            [ x; number ]

    /// The result of a statement that moves elements or multiplies tensors, or none where it is not one.
    let tryRun (statement: Statement) (operands: Expr list) : Expr list option =
        let shape () = snd (Attributes.resultType statement)

        match statement.Operation, operands with
        | "broadcast_in_dim", [ x ] ->
            Some
                [
                    broadcast (shape ()) (Attributes.ints [ "dims"; "broadcast_dimensions" ] statement) x
                ]
        | "dynamic_broadcast_in_dim", [ x; _ ] ->
            Some
                [
                    broadcast (shape ()) (Attributes.ints [ "broadcast_dimensions" ] statement) x
                ]
        | ("reshape", [ x ] | "dynamic_reshape", [ x; _ ]) -> Some [ x.Reshape(shape ()) ]
        | "transpose", [ x ] -> Some [ x.Permute(Attributes.ints [ "dims"; "permutation" ] statement) ]
        | "reverse", [ x ] ->
            let axes = Attributes.ints [ "dims"; "dimensions" ] statement
            Some [ (if axes.Length = 0 then x else x.Flip axes) ]
        | "slice", [ x ] -> Some [ slice statement x ]
        | "pad", [ x; number ] -> Some [ pad statement x number ]
        | "concatenate", parts -> Some [ Tensors.Concat(parts, Attributes.int [ "dim" ] statement) ]
        | ("iota", [])
        | ("dynamic_iota", [ _ ]) ->
            let kind, shape = Attributes.resultType statement
            Some [ one (Iota(kind, shape, Attributes.int [ "dim" ] statement)) [] ]
        | "get_dimension_size", [ x ] ->
            Some
                [
                    Tensors.Full(Shape.Scalar, Scalar.Of(DType.I32, int64 x.Shape[Attributes.int [ "dim" ] statement].Value))
                ]
        | "dynamic_slice", x :: starts ->
            Some
                [
                    one (DynamicSlice(Ints(Attributes.ints [ "sizes"; "slice_sizes" ] statement), false)) (x :: starts)
                ]
        | "dynamic_update_slice", x :: update :: starts -> Some [ one (DynamicUpdate false) (x :: update :: starts) ]
        | "gather", [ x; indices ] -> Some [ gather statement x indices (Attributes.ints [ "slice_sizes" ] statement) ]
        | "dot_general", [ x; y ] -> Some [ dot statement x y ]
        | "triangular_solve", [ a; b ] -> Some [ triangularSolve statement a b ]
        | "convolution", [ x; filter ] -> Some [ convolution statement x filter ]
        | "optimization_barrier", parts -> Some parts
        | "top_k", [ x ] ->
            let struct (values, indices) = x.TopK(Attributes.int [ "k" ] statement)
            Some [ values; indices ]
        | ("dynamic_pad" | "dynamic_gather" | "dynamic_conv"), _ ->
            raise (Unmapped "shapes are static; extents and paddings are attributes")
        | _ -> None
