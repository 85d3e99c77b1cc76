/// Every primitive in every dtype that its typing rule accepts: one meaning, whatever the dtype.
module Adjoint.Properties.Laws.DTypeLaws

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws.TangentLaws

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

/// The distance between the smallest numbers of a dtype, and its largest number.
let private ends (dtype: DType) =
    match dtype.RealPart() with
    | DType.F16 -> 5.97e-8, 65504.0
    | DType.BF16 -> 9.2e-41, 3.3895313892515355e38
    | DType.F32 -> 1.5e-45, float Single.MaxValue
    | _ -> 5e-324, Double.MaxValue

/// Those whose result is about how a dtype holds numbers.
let isAboutBits (primitive: Primitive) =
    match primitive.Name with
    | "bitcast"
    | "popcount"
    | "clz"
    | "shift_right_logical"
    | "shift_right_arithmetic" -> true
    | _ -> false

/// Whole numbers and bools agree in the bits of the narrower dtype.
let private sameWholes what (narrow: NDArray) (wide: NDArray) =
    for i in 0 .. narrow.Size - 1 do
        let found, expected = Wholes.number (narrow.At i), Wholes.number (wide.At i)

        if found <> Wholes.wrap narrow.Type expected then
            failtest $"{what}, number {i}: {found}, and {expected} in {wide.Type.Name()}"

/// Floating numbers agree within so many eps of a size; where that is not known, anything goes. What the wide dtype holds and the
/// narrow one cannot is an infinity, or where rounding decides the largest number.
let private near what factor (narrow: NDArray) (wide: NDArray) (sizes: float option[]) =
    let eps = narrow.Type.Epsilon()
    let tiny, largest = ends narrow.Type

    Array.zip (Array.zip (Values.parts narrow) (Values.parts wide)) sizes
    |> Array.iteri (fun i ((found, expected), size) ->
        let agree =
            match size with
            | None -> true
            | _ when found = expected || Double.IsNaN found && Double.IsNaN expected -> true
            | Some size ->
                let allowed = factor * (eps * size + tiny)
                let rounds = Double.IsInfinity found && abs expected + allowed >= largest
                rounds && sign found = sign expected || abs (found - expected) <= allowed

        if not agree then
            failtest $"{what}, number {i}: {found:R}, and {expected:R} in {wide.Type.Name()}")

/// Values in a narrow dtype against the same numbers in a wide one. Whether there was anything to compare.
let private against dtype wide (variant: Case) =
    let what = String.Join(", ", variant.Graph.ParameterTypes)

    match ValueLaws.outcome plainly variant.Graph variant.Operands, Retyping.replace dtype wide variant with
    | _, None
    | Error _, Some _ -> false
    | Ok found, Some other ->
        match ValueLaws.outcome plainly other.Graph other.Operands with
        | Error error -> failtest $"{what}: {error} in {wide}"
        | Ok expected ->
            let factor, sizes = ValueLaws.accuracy variant found

            List.zip3 found expected sizes
            |> List.iter (fun (found, expected, sizes) ->
                match found, expected with
                | (:? NDArray as x), (:? NDArray as y) when x.Type.IsDifferentiable() -> near what factor x y sizes
                | (:? NDArray as x), (:? NDArray as y) -> sameWholes what x y
                | _ -> ())

            true

/// How values in a dtype are checked.
type Check =
    /// The managed kernel gives what plain evaluation gives.
    | ByKernel
    /// Plain evaluation gives what it gives for the same numbers in a wider dtype of the kind.
    | ByWiderType
    /// The second evaluator gives the same.
    | ByJudge

/// Holds one call in one dtype against what there is to compare it with; says what that was.
let check (source: SampleSource) (dtype: DType, variant: Case) =
    let node = variant.Graph.Nodes[0]
    let types = ValueTypes.Of(node.Operands)
    ValueLaws.kernels.Check variant source

    [
        if not (isNull (node.Primitive.Lower types)) then
            ByKernel
        match Retyping.wider dtype with
        | Some wide when not (isAboutBits node.Primitive) && against dtype wide variant -> ByWiderType
        | _ -> ()
    ]

let oneMeaning =
    {
        Name = "one meaning in every dtype"
        Mode = Edges
        Differential = false
        Check =
            fun case source ->
                let variants = Retyping.variants case

                if variants.IsEmpty then
                    Says.nothing ()

                for variant in variants do
                    check source variant |> ignore
    }

/// The case with axis 0 of nothing, wherever the typing rule takes that: for each operand alone, and for all together.
let private emptied (case: Case) =
    let empty axis (x: HostValue) : HostValue =
        match x with
        | :? NDArray as x when x.Shape.Rank > axis -> NDArray.New(x.Type, x.Shape.With(axis, Extent 0))
        | x -> x

    let choices =
        (fun _ -> true)
        :: [ for i in 0 .. case.Operands.Length - 1 -> (fun j -> i = j) ]

    [
        for chosen in choices do
            for axis in 0..2 do
                let operands = case.Operands |> List.mapi (fun i x -> if chosen i then empty axis x else x)

                if List.exists2 (fun x y -> not (obj.ReferenceEquals(x, y))) operands case.Operands then
                    operands
    ]

/// Calls on operands of nothing that type.
let private typing (case: Case) =
    match Retyping.primitive case with
    | Some primitive when not (Retyping.holdsBodies primitive) ->
        emptied case
        |> List.choose (fun operands -> Retyping.call primitive operands |> Option.map (fun graph -> graph, operands))
    | _ -> []

/// Data of no elements is data: whatever types also runs, by kernels too, but for an index that is checked.
let empties =
    {
        Name = "empty operands"
        Mode = Edges
        Differential = false
        Check =
            fun case source ->
                match typing case with
                | [] -> Says.nothing ()
                | typed ->
                    for graph, operands in typed do
                        match ValueLaws.outcome plainly graph operands with
                        | Ok _ -> ValueLaws.kernels.Check (Case.make graph [ operands ] [ for _ in operands -> false ]) source
                        | Error error when error = typeof<DomainException> -> ()
                        | Error error -> failtest $"{graph}\nfails with {error} though it types"
    }

/// The dtypes in which derivatives are compared with those of a wider one.
let narrower =
    [
        DType.F64, DType.F32
        DType.F64, DType.F16
        DType.F64, DType.BF16
        DType.C128, DType.C64
    ]

/// Rules of a few operations, each of which errs by eps of what it gives; sums err more, but not as often as they have terms.
let private alike what (dtype: DType) work narrow wide =
    let allowed = dtype.Epsilon() * min work 40.0 * (1.0 + Values.magnitude wide)

    List.zip narrow wide
    |> List.iteri (fun i (x, y) ->
        let found, expected = Values.flatten y x, Values.flatten y y

        Array.zip found expected
        |> Array.iter (fun (x, y) ->
            if not (abs (x - y) <= allowed) then
                failtest $"{what} in {dtype.Name()}, result {i}: {x:R} against {y:R}; {allowed:E1} is allowed"))

/// Whether the results with a tangent are finite numbers.
let private isFinite (point: Point) =
    Point.run point
    |> Point.slopes point
    |> List.forall (fun y -> Values.flatten y y |> Array.forall Double.IsFinite)

/// Tangents and cotangents in each floating and complex dtype are those of f64 and c128, to that dtype's accuracy.
let derivatives =
    {
        Name = "derivatives in every dtype"
        Mode = Smooth
        Differential = true
        Check =
            fun case source ->
                let dx = directions source (Point.actives case.Point)
                let u = Point.run case.Point |> Point.slopes case.Point |> directions source

                let cases =
                    [
                        for from, dtype in narrower do
                            match Retyping.replace from dtype case with
                            // Where values overflow, slopes of infinities are compared with slopes of numbers.
                            | Some narrow when isFinite narrow.Point -> from, dtype, narrow
                            | _ -> ()
                    ]

                if cases.IsEmpty then
                    Says.nothing ()

                for from, dtype, narrow in cases do
                    let wide = Retyping.replace dtype from narrow |> Option.get
                    let work = Point.work case.Graph

                    let like models values =
                        List.map2 (fun model x -> Retyping.value (Retyping.dtypeOf model) x) models values

                    let results (point: Point) = Point.run point |> Point.slopes point
                    let dx' = like (Point.actives narrow.Point) dx
                    let u' = like (results narrow.Point) u
                    let tangents = Point.jvp wide.Point (like (Point.actives wide.Point) dx')
                    let cotangents = Point.vjp wide.Point (like (results wide.Point) u')
                    alike "jvp" dtype work (Point.run (Point.jvp narrow.Point dx')) (Point.run tangents)
                    alike "vjp" dtype work (Point.run (Point.vjp narrow.Point u')) (Point.run cotangents)
    }

let all = [ oneMeaning; empties; derivatives ]
