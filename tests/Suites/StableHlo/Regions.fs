namespace Adjoint.Suites.StableHlo

open Adjoint.Core
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Suites

/// StableHLO's operations with regions as the library's. A region is run by a function of its arguments.
[<RequireQualifiedAccess>]
module Regions =

    type private Run = Code -> Expr list -> Expr list

    let private halves (items: Expr list) = List.splitAt (items.Length / 2) items

    /// The one operation of a region that joins its two arguments, or none.
    let private single (region: Code) =
        match region.Body, region.Return with
        | [ statement ], [ result ] when
            statement.Results = [ result ]
            && statement.Regions.IsEmpty
            && statement.Operands = region.Arguments
            ->
            Some statement
        | _ -> None

    /// What joins two numbers of each operand: a region, or the name of an operation.
    let private joining (run: Run) (statement: Statement) (left: Expr[]) (right: Expr[]) =
        match Attributes.tryFind [ "applies" ] statement, statement.Regions with
        | Some name, _ ->
            let operation =
                { statement with
                    Operation = name.GetString().Split('.') |> Array.last
                    Attributes = None
                }

            [| (Elementwise.tryRun operation [ left[0]; right[0] ]).Value |]
        | None, [ region ] -> run region [ yield! left; yield! right ] |> List.toArray
        | _ -> raise (Unmapped $"{statement.Operation} has no region")

    let private joinName (statement: Statement) =
        match Attributes.tryFind [ "applies" ] statement, statement.Regions with
        | Some name, _ -> name.GetString().Split('.') |> Array.last |> Some
        | None, [ region ] -> single region |> Option.map _.Operation
        | _ -> None

    /// A reduction with a name of its own, joined with the start; none where there is no such name.
    let private named name (axes: int[]) (x: Expr) (start: Expr) : Expr option =
        match name, x.DType with
        | Some "add", kind when kind <> DType.Bool -> Some(x.Sum axes + start)
        | Some "multiply", kind when kind <> DType.Bool -> Some(x.Prod axes * start)
        | Some "or", DType.Bool -> Some((x.Any axes).Or start)
        | Some "and", DType.Bool -> Some((x.All axes).And start)
        | Some "maximum", kind when kind <> DType.Bool && x.Size > 0 -> Some((x.Max axes).Maximum start)
        | Some "minimum", kind when kind <> DType.Bool && x.Size > 0 -> Some((x.Min axes).Minimum start)
        | _ -> None

    let private reduce (run: Run) statement operands =
        let x, start = halves operands
        let axes = Attributes.ints [ "dimensions" ] statement

        match x, start with
        | [ one ], [ first ] when (named (joinName statement) axes one first).IsSome ->
            [ (named (joinName statement) axes one first).Value ]
        | _ -> Tensors.Reduce(x, start, joining run statement, axes) |> List.ofArray

    let private window (run: Run) statement operands =
        let x, start = halves operands
        let rank = (List.head x).Rank
        let ones = Array.create rank 1
        let low, high = Attributes.paddings rank [ "padding" ] statement
        let extents = Attributes.ints [ "window_dimensions" ] statement
        let strides = Attributes.intsOr ones [ "window_strides" ] statement
        let dilation = Attributes.intsOr ones [ "window_dilations" ] statement
        let apart = Attributes.intsOr ones [ "base_dilations" ] statement

        match joinName statement, x, start with
        | Some "maximum", [ one ], [ first ] when apart = ones && one.DType <> DType.Bool ->
            let maxima =
                Elementwise.apply (WindowMax(Ints extents, Ints strides, Ints low, Ints high, Ints dilation)) x

            [ maxima[0].Maximum first ]
        | _ ->
            Tensors.ReduceWindow(
                x,
                start,
                joining run statement,
                extents,
                strides,
                Padding.Of(Array.zip low high |> Array.map (fun (l, h) -> struct (l, h))),
                dilation,
                apart
            )
            |> List.ofArray

    let private sort (run: Run) (statement: Statement) (operands: Expr list) =
        let axis = Attributes.int [ "dimension" ] statement
        let region = statement.Regions.Head

        let direction =
            match region.Body with
            | [ {
                    Operation = "compare"
                    Operands = [ left; right ]
                } as compare ] when [ left; right ] = List.take 2 region.Arguments ->
                Some(((Attributes.find [ "flags" ] compare)[0]).GetString())
            | _ -> None

        match direction with
        | Some "LT" -> Tensors.Sort(operands, axis, false)
        | Some "GT" -> Tensors.Sort(operands, axis, true)
        | _ ->
            // A comparator's arguments are two numbers of the first operand, then two of the second.
            let precedes (left: Expr[]) (right: Expr[]) =
                run region (Array.zip left right |> Seq.collect (fun (l, r) -> [ l; r ]) |> List.ofSeq)
                |> List.head

            Tensors.SortBy(operands, precedes, axis)
        |> List.ofArray

    /// Windows' first extremum, to which the source is added; of bools, whether any was added.
    let private selectAndScatter (statement: Statement) (operand: Expr) (source: Expr) (start: Expr) =
        let rank = operand.Rank
        let low, high = Attributes.paddings rank [ "padding" ] statement
        let ones = Array.create rank 1

        let sign =
            match single statement.Regions[0] with
            | Some compare when compare.Operation = "compare" ->
                match ((Attributes.find [ "flags" ] compare)[0]).GetString() with
                | "GE" -> 1.0
                | "LE" -> -1.0
                | other -> raise (Unmapped $"select_and_scatter selects by GE or LE, not by {other}")
            | _ -> raise (Unmapped "select_and_scatter selects by a comparison")

        let isBool = operand.DType = DType.Bool
        let number (x: Expr) = if isBool then x.Cast DType.I32 else x

        let primitive =
            WindowScatter(
                Ints(Attributes.ints [ "window_dimensions" ] statement),
                Ints(Attributes.intsOr ones [ "window_strides" ] statement),
                Ints low,
                Ints high,
                Ints ones
            )

        let keys = if sign > 0.0 then number operand else -(number operand)
        let sums = (Elementwise.apply primitive [ keys; number source ])[0]
        if isBool then sums.Greater(0.0).Or start else sums + start

    let private ofArrays (f: Expr list -> Expr list) =
        fun (x: Expr[]) -> f (List.ofArray x) |> List.toArray

    let private case (run: Run) (statement: Statement) (index: Expr) =
        // An index out of range chooses the last branch.
        let last = float (statement.Regions.Length - 1)
        let chosen = (index.Less 0.0).Or(index.Greater last).Where(last, index)

        let branches =
            statement.Regions
            |> List.map (fun region -> System.Func<Expr[], Expr[]>(ofArrays (run region)))

        Flow.Switch(chosen, branches, [||]) |> List.ofArray

    let private map (run: Run) (statement: Statement) (operands: Expr list) =
        let flat = operands |> List.map (fun x -> x.Flatten()) |> List.toArray
        let results = Differential.VmapAt(ofArrays (run statement.Regions.Head), flat)
        [ for result in results -> result.Reshape operands.Head.Shape ]

    /// The results of a statement with regions, or none where it is not one.
    let tryRun (run: Run) (statement: Statement) (operands: Expr list) : Expr list option =
        match statement.Operation, statement.Regions, operands with
        | "reduce", _, _ -> Some(reduce run statement operands)
        | "reduce_window", _, _ -> Some(window run statement operands)
        | "sort", _, _ -> Some(sort run statement operands)
        | "select_and_scatter", _, [ operand; source; start ] -> Some [ selectAndScatter statement operand source start ]
        | "scatter", [ region ], [ x; indices; updates ] ->
            let join =
                match region.Body with
                | [] when region.Return = [ region.Arguments[1] ] -> None
                | [ statement ] -> Some statement.Operation
                | _ -> Some "a longer function"

            Some [ Shapes.scatter statement join x indices updates ]
        | "while", [ condition; body ], _ ->
            let test = System.Func<Expr[], Expr>(fun state -> run condition (List.ofArray state) |> List.head)
            Some(Flow.While(test, ofArrays (run body), List.toArray operands) |> List.ofArray)
        | "if", [ yes; no ], [ predicate ] ->
            Some(
                Flow.Cond(predicate, ofArrays (run yes), ofArrays (run no), [||])
                |> List.ofArray
            )
        | "case", _, [ index ] -> Some(case run statement index)
        | "map", [ _ ], _ -> Some(map run statement operands)
        | _ -> None
