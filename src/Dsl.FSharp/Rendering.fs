namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// One row of numbers, printed as it stands.
[<Sealed; StructuredFormatDisplay("{Text}")>]
type internal Row(text: string) =
    member _.Text = text
    override _.ToString() = text

/// Elements as nested lists of rows, so that `%A` and F# Interactive break and indent them inside records.
module internal Rendering =

    /// Indices to print along an axis: all, or the first and last ones with none between.
    let private shown extent =
        if extent > ArrayText.Most then
            [
                yield! List.map Some [ 0 .. ArrayText.Edge - 1 ]
                None
                yield! List.map Some [ extent - ArrayText.Edge .. extent - 1 ]
            ]
        else
            List.map Some [ 0 .. extent - 1 ]

    let private row (array: NDArray) offset =
        shown array.Shape[array.Shape.Rank - 1].Value
        |> List.map (function
            | Some i -> ArrayText.Element(array.At(offset + i))
            | None -> "…")
        |> String.concat " "
        |> fun text -> Row $"[{text}]"

    let rec private block (array: NDArray) axis offset : obj =
        if axis = array.Shape.Rank - 1 then
            row array offset
        else
            let stride = array.Shape.Strides()[axis]

            let rows =
                shown array.Shape[axis].Value
                |> List.map (function
                    | Some i -> block array (axis + 1) (offset + i * stride)
                    | None -> Row "…")

            rows

    /// What follows dtype and shape in print.
    let private elements (array: NDArray) : obj =
        if array.Shape.Rank = 0 then
            Row(ArrayText.Element(array.At 0))
        else
            block array 0 0

    /// What follows dtype and shape of an expression in print; "(traced)" where there is no value yet.
    let ofExpr (expr: Expr) : obj =
        if Observer.CanObserve expr then
            elements (expr.Value())
        else
            Row "(traced)"
