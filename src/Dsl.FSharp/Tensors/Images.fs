namespace Adjoint

open Adjoint.Front

/// What an element of a resized tensor is: `ResizeMethod.Nearest`, `ResizeMethod.Linear`.
type ResizeMethod = Adjoint.Front.ResizeMethod

/// What a tensor is beyond its ends where it is read at coordinates: `CoordinateMode.Constant`, `.Nearest`, `.Wrap`, `.Mirror`, `.Reflect`.
type CoordinateMode = Adjoint.Front.CoordinateMode

/// Windows laid out as elements, and images read between their elements.
[<AutoOpen>]
module TensorImages =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private given (items: int list) =
            if items.IsEmpty then null else Array.ofList items

        /// All windows over the last axes: those become the windows' places, and the elements of windows lie along new last axes.
        /// ShapeException: a window is wider than its axis.
        let slidingWindows (windows: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SlidingWindows(x.Expr, Array.ofList windows))

        /// As `slidingWindows`, with distances of windows; an empty list means 1 for each.
        let slidingWindowsBy (strides: int list) (windows: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SlidingWindows(x.Expr, Array.ofList windows, null, given strides))

        /// Windows of [N, C, S..] as columns [N, C window, places], by strides, padding and dilation as `conv` has them.
        let im2col (how: Convolution) (window: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Im2Col(x.Expr, Array.ofList window, given how.Strides, how.Padding, given how.Dilation))

        /// Columns [N, C window, places] added up to [N, C, S..] with these spatial extents: the transpose of `im2col`.
        let col2im (how: Convolution) (window: int list) (extents: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(
                Tensors.Col2Im(x.Expr, Array.ofList extents, Array.ofList window, given how.Strides, how.Padding, given how.Dilation)
            )

        /// The last axes with other extents. Element i of m lies at (i + 1/2) n / m - 1/2 of n (half-pixel centres, corners not aligned);
        /// where an image shrinks, elements are read and not averaged.
        let resize (how: ResizeMethod) (extents: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Resize(x.Expr, Array.ofList extents, how))

        /// The last axes so many times as long. See `resize`.
        let upsample (how: ResizeMethod) (factors: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Upsample(x.Expr, Array.ofList factors, how))

        /// The tensor read at coordinates between its elements, which lie at whole ones: one tensor for each axis. Derivatives pass to both.
        let mapCoordinates (mode: CoordinateMode) (coordinates: Tensor<'T> list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MapCoordinates(x.Expr, [| for each in coordinates -> each.Expr |], 1, mode))

        /// The tensor read at the elements nearest to coordinates, halves away from 0.
        let mapNearest (mode: CoordinateMode) (coordinates: Tensor<'U> list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MapCoordinates(x.Expr, [| for each in coordinates -> each.Expr |], 0, mode))
