/// Functions of tensors against plain loops over arrays.
module Adjoint.LibraryTests.FrontTensorTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint.Core
open Adjoint.Front
open Adjoint.Primitives

/// An array of f64: shape and row-major elements.
type Plain = { Extents: int[]; Items: float[] }

module private Plain =

    let size (extents: int[]) = Array.fold (*) 1 extents

    /// All index vectors of a shape, in row-major order.
    let indices (extents: int[]) =
        let mutable all = [ [||] ]

        for extent in extents do
            all <-
                [
                    for start in all do
                        for i in 0 .. extent - 1 -> Array.append start [| i |]
                ]

        Array.ofList all

    let offset (extents: int[]) (index: int[]) =
        Array.fold2 (fun total extent i -> total * extent + i) 0 extents index

    let item plain index = plain.Items[offset plain.Extents index]

    let build (extents: int[]) f =
        {
            Extents = extents
            Items = indices extents |> Array.map f
        }

    /// Distinct numbers.
    let count (extents: int[]) =
        {
            Extents = extents
            Items = Array.init (size extents) (fun i -> float (i + 1) + 0.25 * float (i % 3))
        }

    let expr plain =
        Expr.Of(NDArray.Of<float>(Shape.Of plain.Extents, ReadOnlySpan plain.Items))

    let ofExpr (x: Expr) =
        {
            Extents = x.Shape.ToArray()
            Items = x.Value().ToArray<float>()
        }

let private same (actual: Expr) (expected: Plain) message =
    let found = Plain.ofExpr actual
    Expect.equal found.Extents expected.Extents $"{message}: extents"

    Array.iter2 (fun a b -> Expect.floatClose Accuracy.veryHigh a b $"{message}: element") found.Items expected.Items

/// Two shapes that broadcast, and the shape they meet in.
let private meeting =
    gen {
        let! rank = Gen.choose (0, 3)
        let! common = Gen.arrayOfLength rank (Gen.choose (0, 3))
        let! left = Gen.arrayOfLength rank (Gen.elements [ true; true; false ])
        let! right = Gen.arrayOfLength rank (Gen.elements [ true; true; false ])
        let! cutLeft = Gen.choose (0, rank)

        let ones keep other =
            Array.map3 (fun extent k o -> if k || not o then extent else 1) common keep other

        let whole =
            ones right left
            |> Array.mapi (fun axis extent -> if axis < cutLeft then common[axis] else extent)

        return Array.skip cutLeft (ones left right), whole, common
    }

let private broadcasting =
    testList
        "broadcasting"
        [
            testProperty "sums of broadcast shapes are those of loops"
            <| Prop.forAll (Arb.fromGen meeting) (fun (a, b, common) ->
                let x, y = Plain.count a, Plain.count b

                let at (plain: Plain) (index: int[]) =
                    let tail = Array.skip (index.Length - plain.Extents.Length) index
                    Plain.item plain (Array.map2 (fun extent i -> if extent = 1 then 0 else i) plain.Extents tail)

                same (Plain.expr x + Plain.expr y) (Plain.build common (fun i -> at x i + at y i)) "sum"
                same (Plain.expr y * Plain.expr x) (Plain.build common (fun i -> at x i * at y i)) "product")

            testCase "literals take the other operand's dtype" (fun () ->
                let half = (Expr.Of [| 1.5f |]) * 2.0 + 1L
                Expect.equal (half.Value().ToArray<float32>()) [| 4.0f |] "f32"
                let whole = 3L - Expr.Of [| 1; 2 |] * 2.0
                Expect.equal (whole.Value().ToArray<int>()) [| 1; -1 |] "i32"
                Expect.equal ((1.0 / Expr.Of [| 4.0 |]).Value().ToArray<float>()) [| 0.25 |] "division")
        ]

/// One axis of a slice: how Adjoint writes it, and the indices that it takes (None: the axis goes).
let private axisSlice extent =
    let bound = Gen.oneof [ Gen.constant None; Gen.map Some (Gen.choose (-extent - 2, extent + 2)) ]

    let range =
        gen {
            let! low = bound
            let! high = bound
            let! step = Gen.elements [ 1; 1; 2; 3; -1; -2 ]

            let clamp lowest highest b =
                max lowest (min highest (if b < 0 then b + extent else b))

            let lowest, highest = if step > 0 then 0, extent else -1, extent - 1

            let start =
                low
                |> Option.map (clamp lowest highest)
                |> Option.defaultValue (if step > 0 then lowest else highest)

            let stop =
                high
                |> Option.map (clamp lowest highest)
                |> Option.defaultValue (if step > 0 then highest else lowest)

            let taken = [| for i in start..step .. stop - sign step -> i |]
            return Slice.Of(Option.toNullable low, Option.toNullable high, step), taken, true
        }

    let index =
        gen {
            let! i = Gen.choose (-extent, extent - 1)
            let! dynamic = Gen.elements [ false; true ]
            let place = if i < 0 then i + extent else i

            let slice =
                if dynamic then
                    Slice.At(Expr.Scalar<int64> place)
                else
                    Slice.At i

            return slice, [| place |], false
        }

    if extent = 0 then
        range
    else
        Gen.oneof [ range; range; index ]

let private slicing =
    gen {
        let! rank = Gen.choose (1, 3)
        let! extents = Gen.arrayOfLength rank (Gen.choose (0, 4))
        let! parts = extents |> Array.map axisSlice |> Gen.sequenceToArray
        return extents, parts
    }

let private slices =
    testList
        "slices"
        [
            testProperty "parts are those of loops, and setting them reads back"
            <| Prop.forAll (Arb.fromGen slicing) (fun (extents, parts) ->
                let x = Plain.count extents
                let written = parts |> Array.map (fun (slice, _, _) -> slice)
                let taken = parts |> Array.map (fun (_, indices, _) -> indices)
                let shown = parts |> Array.map (fun (_, _, kept) -> kept)
                let full = taken |> Array.map Array.length

                let place (i: int[]) =
                    Array.map2 (fun (indices: int[]) k -> indices[k]) taken i

                let part = Plain.build full (fun i -> Plain.item x (place i))

                let shape =
                    Array.zip full shown
                    |> Array.choose (fun (extent, kept) -> if kept then Some extent else None)

                same ((Plain.expr x).Part(written)) { part with Extents = shape } "part"
                let hit = Plain.indices full |> Array.map (place >> Plain.offset extents) |> Set.ofArray
                let at = Plain.expr(x).At(written)

                let joined f =
                    { x with
                        Items = x.Items |> Array.mapi (fun i item -> if hit.Contains i then f item else item)
                    }

                same (at.Set -1.0) (joined (fun _ -> -1.0)) "set"
                same (at.Add 10.0) (joined (fun item -> item + 10.0)) "add"
                same (at.Set(at.Get() * 2.0)) (joined (fun item -> item * 2.0)) "set to twice the part")

            testCase "new axes and ellipses" (fun () ->
                let x = Expr.Of(Array2D.init 3 4 (fun i j -> float (10 * i + j)))
                Expect.equal (x[Slice.NewAxis, Slice.Ellipsis, Slice.At 1].Shape.ToArray()) [| 1; 3 |] "shape"
                Expect.equal (x[Slice.Ellipsis, Slice.At -1].Value().ToArray<float>()) [| 3.0; 13.0; 23.0 |] "last column"
                let window = x[Slice.Window(Expr.Scalar 1L, 2), Slice.At 0]
                Expect.equal (window.Value().ToArray<float>()) [| 10.0; 20.0 |] "window")

            testCase "an index that is known when it runs is checked" (fun () ->
                let x = Expr.Of [| 1.0; 2.0 |]
                Expect.throwsT<DomainException> (fun () -> x[Slice.At(Expr.Scalar 2L)].Value() |> ignore) "past the end"
                Expect.throwsT<DomainException> (fun () -> x[Slice.At(Expr.Scalar -1L)].Value() |> ignore) "below 0")

            testCase "gathers and scatters" (fun () ->
                let x = Expr.Of(Array2D.init 3 2 (fun i j -> float (2 * i + j)))
                let picked = x.Take(Expr.Of [| 2; 0; 9 |])
                Expect.equal (picked.Value().ToArray<float>()) [| 4.0; 5.0; 0.0; 1.0; 4.0; 5.0 |] "rows, clamped"
                let along = x.TakeAlongAxis(Expr.Of(array2D [ [ 1L ]; [ 0L ]; [ 1L ] ]), 1)
                Expect.equal (along.Value().ToArray<float>()) [| 1.0; 2.0; 5.0 |] "one a row"
                let added = x.ScatterAdd(Expr.Of [| 0; 0; 7 |], Expr.Of(Array2D.create 3 2 1.0))
                Expect.equal (added.Value().ToArray<float>()) [| 2.0; 3.0; 2.0; 3.0; 4.0; 5.0 |] "twice, and out of range"
                let hot = (Expr.Of [| 1; 5 |]).OneHot(3, DType.F64)
                Expect.equal (hot.Value().ToArray<float>()) [| 0.0; 1.0; 0.0; 0.0; 0.0; 0.0 |] "one hot")
        ]

let private formulas =
    [
        "ij,jk->ik", [ [| 2; 3 |]; [| 3; 4 |] ]
        "ij->ji", [ [| 2; 3 |] ]
        "ii->i", [ [| 3; 3 |] ]
        "ii", [ [| 3; 3 |] ]
        "iij->j", [ [| 2; 2; 3 |] ]
        "ij->", [ [| 2; 3 |] ]
        "i,j->ij", [ [| 2 |]; [| 3 |] ]
        "i,i->i", [ [| 3 |]; [| 3 |] ]
        "bij,bjk->bik", [ [| 2; 2; 3 |]; [| 2; 3; 2 |] ]
        "bhqd,bhkd->bhqk", [ [| 1; 2; 3; 2 |]; [| 1; 2; 2; 2 |] ]
        "ij,jk,kl->il", [ [| 2; 3 |]; [| 3; 2 |]; [| 2; 3 |] ]
        "i,ij,j->", [ [| 2 |]; [| 2; 3 |]; [| 3 |] ]
        "ab,cd->a", [ [| 2; 3 |]; [| 2; 2 |] ]
        "ji,j", [ [| 2; 3 |]; [| 2 |] ]
    ]

/// The sum over all labels, by loops.
let private loops (formula: string) (operands: Plain list) =
    let inputs, output =
        match formula.Split "->" with
        | [| left; right |] -> left.Split ',', right
        | sides ->
            let all = sides[0].Replace(",", "")

            sides[0].Split ',',
            all
            |> Seq.filter (fun c -> all.IndexOf c = all.LastIndexOf c)
            |> Seq.sort
            |> String.Concat

    let labels = String.Join("", inputs) |> Seq.distinct |> Array.ofSeq

    let extentOf label =
        List.zip (List.ofArray inputs) operands
        |> List.pick (fun (input, plain) ->
            match input.IndexOf(label: char) with
            | -1 -> None
            | axis -> Some plain.Extents[axis])

    let extents = labels |> Array.map extentOf
    let out = output |> Seq.map extentOf |> Array.ofSeq
    let sums = Array.zeroCreate (Plain.size out)

    for index in Plain.indices extents do
        let at (input: string) =
            input
            |> Seq.map (fun label -> index[Array.IndexOf(labels, label)])
            |> Array.ofSeq

        let term =
            List.zip (List.ofArray inputs) operands
            |> List.fold (fun product (input, plain) -> product * Plain.item plain (at input)) 1.0

        let place = Plain.offset out (at output)
        sums[place] <- sums[place] + term

    { Extents = out; Items = sums }

let private products =
    testList
        "products"
        [
            testTheory "einsum is the sum over all labels" formulas (fun (formula, shapes) ->
                let operands = shapes |> List.map Plain.count
                same (Tensors.Einsum(formula, operands |> List.map Plain.expr |> Array.ofList)) (loops formula operands) formula)

            testCase "ellipses broadcast" (fun () ->
                let x, y = Plain.count [| 2; 1; 2; 3 |], Plain.count [| 4; 3; 2 |]
                let product = Tensors.Einsum("...ij,...jk->...ik", Plain.expr x, Plain.expr y)
                same product (Plain.ofExpr ((Plain.expr x).MatMul(Plain.expr y))) "as matmul"
                Expect.equal (product.Shape.ToArray()) [| 2; 4; 2; 2 |] "shape")

            testTheory
                "matmul follows NumPy"
                [
                    [| 3 |], [| 3 |], "i,i->"
                    [| 2; 3 |], [| 3 |], "ij,j->i"
                    [| 3 |], [| 3; 2 |], "i,ij->j"
                    [| 2; 2; 3 |], [| 3; 2 |], "bij,jk->bik"
                    [| 3 |], [| 2; 3; 2 |], "j,bjk->bk"
                    [| 2; 3 |], [| 2; 3; 2 |], "ij,bjk->bik"
                ]
                (fun (a, b, formula) ->
                    let x, y = Plain.count a, Plain.count b
                    same ((Plain.expr x).MatMul(Plain.expr y)) (loops formula [ x; y ]) formula)
        ]

[<Tests>]
let tests = testList "front tensors" [ broadcasting; slices; products ]
