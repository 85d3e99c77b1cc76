namespace Adjoint

open Adjoint.Front

/// What stands around a tensor when a window moves over it: `Padding.Valid`, `Padding.Same`, `Padding.Both(1, 2)`.
type Padding = Adjoint.Front.Padding

/// How a filter moves over its input. Lists have one entry for each spatial axis; an empty one means 1 for each.
type Convolution =
    {
        /// Distance of windows.
        Strides: int list
        /// What stands around the input.
        Padding: Padding
        /// Distance of the filter's elements.
        Dilation: int list
        /// Distance of the input's elements once zeros stand between them; above 1 the transposed convolution.
        InputDilation: int list
        /// Groups of channels that don't see each other.
        Groups: int
    }

    /// Stride and dilation 1, no padding, one group.
    static member Plain =
        {
            Strides = []
            Padding = Padding.Valid
            Dilation = []
            InputDilation = []
            Groups = 1
        }

/// Convolutions and pools: channels first, one to three spatial axes last.
[<AutoOpen>]
module TensorWindows =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private given (items: int list) =
            if items.IsEmpty then null else Array.ofList items

        /// Convolution (correlation) of an input [N, C, S..] with a filter [O, C / groups, W..]: [N, O, T..], one to three spatial axes.
        /// `Tensor.conv { Convolution.Plain with Padding = Padding.Same } filter x`. ShapeException: ranks or channels don't fit.
        let conv (how: Convolution) (filter: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(
                Tensors.Conv(x.Expr, filter.Expr, given how.Strides, how.Padding, given how.Dilation, given how.InputDilation, how.Groups)
            )

        /// Convolution of images [N, C, height, width] with a filter [O, C, h, w], stride 1: [N, O, .., ..]. See `conv` for the rest.
        let conv2d (padding: Padding) (filter: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            if x.Rank <> 4 then
                raise (
                    Located.Here(
                        Adjoint.Core.ShapeException
                            $"conv2d: the input is {x.Header}, not [N, C, height, width]. Use reshape or expandDims?"
                    )
                )

            conv
                { Convolution.Plain with
                    Padding = padding
                }
                filter
                x

        /// The largest element of each window over the last axes, by strides; padding never wins. The gradient goes to the first of equals.
        let maxPool (window: int list) (strides: int list) (padding: Padding) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MaxPool(x.Expr, Array.ofList window, Array.ofList strides, padding))

        /// The smallest element of each window over the last axes, by strides; padding never wins. The gradient goes to the first of equals.
        let minPool (window: int list) (strides: int list) (padding: Padding) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MinPool(x.Expr, Array.ofList window, Array.ofList strides, padding))

        /// The mean of each window over the last axes, by strides; padding doesn't count.
        let avgPool (window: int list) (strides: int list) (padding: Padding) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.AvgPool(x.Expr, Array.ofList window, Array.ofList strides, padding))

        /// The largest element of each square of the last two axes, side by side; what doesn't fill a square is left out.
        let maxPool2d (size: int) (x: Tensor<'T>) : Tensor<'T> =
            maxPool [ size; size ] [ size; size ] Padding.Valid x

        /// The mean of each square of the last two axes, side by side; what doesn't fill a square is left out.
        let avgPool2d (size: int) (x: Tensor<'T>) : Tensor<'T> =
            avgPool [ size; size ] [ size; size ] Padding.Valid x
