namespace Adjoint

open Adjoint.Core

/// An expression without the type of its elements: what a leaf of a structure is to `Structure.map`.
type Expr = Adjoint.Front.Expr

/// What structures ask of a tensor of any element type.
type internal ITensor = Adjoint.Front.ITensor

/// The dtype of a host type.
[<AbstractClass; Sealed>]
type internal DTypeOf<'T> private () =
    static let found = DTypes.TryOf typeof<'T>

    static member Value =
        if found.HasValue then
            found.Value
        else
            raise (
                DTypeException
                    $"tensor: {typeof<'T>.Name} is no element type; there are bool, float, float32, int, int64, Half, Complex and the like."
            )

/// Numbers and arrays of one element type, as the library holds them.
module internal Host =

    /// An array over items that nobody else holds.
    let array (shape: Shape) (items: 'T[]) =
        if items.Length <> shape.Size then
            raise (
                Adjoint.Front.Located.Here(ShapeException $"tensor: {items.Length} elements do not fill the shape {shape} of {shape.Size}.")
            )

        NDArray(DTypeOf<'T>.Value, shape, items)

    /// A number in its own dtype.
    let scalar (number: 'T) = (array Shape.Scalar [| number |]).At 0

    /// The elements of an array; they are shared.
    let storage<'T> (array: NDArray) = unbox<'T[]>(box array.Storage)
