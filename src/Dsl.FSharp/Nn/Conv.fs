namespace Adjoint.Nn

open Adjoint
open Adjoint.Front

/// A convolution over one to three axes. Weight : [outputs, inputs / groups, window..]; Bias : [outputs].
type Conv<'T when 'T: struct> =
    { Weight: Tensor<'T>; Bias: Tensor<'T> }

/// Convolution (correlation) of [N, C, S..] to [N, O, T..].
[<RequireQualifiedAccess>]
module Conv =

    /// A layer with weights by a rule of `Init` and biases 0. window: [5; 5] for images.
    let initWith
        (weight: int list -> Tensor<uint32> -> Tensor<'T>)
        (window: int list)
        (inputs: int)
        (outputs: int)
        (key: Tensor<uint32>)
        : Conv<'T> =
        {
            Weight = weight (outputs :: inputs :: window) key
            Bias = Tensor.zeros [ outputs ]
        }

    /// A layer with weights by Glorot's rule, uniform, and biases 0. window: [5; 5] for images.
    /// With groups, inputs are those of one group: all inputs over the number of groups.
    let init (window: int list) (inputs: int) (outputs: int) (key: Tensor<uint32>) : Conv<'T> =
        initWith Init.glorotUniform window inputs outputs key

    let private given (items: int list) =
        if items.IsEmpty then null else Array.ofList items

    /// With stride, dilation and groups: `Conv.applyWith { Convolution.Plain with Strides = [ 2; 2 ] } layer x`.
    /// ShapeException: ranks or channels don't fit.
    let applyWith (how: Convolution) (layer: Conv<'T>) (x: Tensor<'T>) : Tensor<'T> =
        if how.InputDilation.IsEmpty then
            Tensor.ofExpr (
                Nn.Conv(x.Expr, layer.Weight.Expr, layer.Bias.Expr, given how.Strides, how.Padding, given how.Dilation, how.Groups)
            )
        else
            Broken.structure "Conv.applyWith: InputDilation is given. Use ConvTranspose, or Tensor.conv."

    /// Stride 1, with a padding: `Padding.Same`, `Padding.Valid`, `Padding.Both(1, 2)`.
    let apply (padding: Padding) (layer: Conv<'T>) (x: Tensor<'T>) : Tensor<'T> =
        applyWith
            { Convolution.Plain with
                Padding = padding
            }
            layer
            x

/// A convolution without bias. Weight : [outputs, inputs / groups, window..].
type Filter<'T when 'T: struct> = { Weight: Tensor<'T> }

/// Convolution without bias, of [N, C, S..] to [N, O, T..]: before a batch norm, whose shift takes the bias's place.
[<RequireQualifiedAccess>]
module Filter =

    /// A layer with weights by a rule of `Init`. window: [3; 3] for images. With groups, inputs are those of one group.
    let initWith
        (weight: int list -> Tensor<uint32> -> Tensor<'T>)
        (window: int list)
        (inputs: int)
        (outputs: int)
        (key: Tensor<uint32>)
        : Filter<'T> =
        {
            Weight = weight (outputs :: inputs :: window) key
        }

    /// A layer with weights by He's rule for relu, normal.
    let init (window: int list) (inputs: int) (outputs: int) (key: Tensor<uint32>) : Filter<'T> =
        initWith Init.heNormal window inputs outputs key

    /// With stride, padding, dilation and groups. ShapeException: ranks or channels don't fit.
    let apply (how: Convolution) (layer: Filter<'T>) (x: Tensor<'T>) : Tensor<'T> = Tensor.conv how layer.Weight x

/// A transposed convolution. Weight : [inputs, outputs / groups, window..], as PyTorch's; Bias : [outputs].
type ConvTranspose<'T when 'T: struct> =
    { Weight: Tensor<'T>; Bias: Tensor<'T> }

/// The transpose of a convolution: makes images larger. [N, C, S..] to [N, O, T..].
[<RequireQualifiedAccess>]
module ConvTranspose =

    /// A layer with weights by Glorot's rule, uniform, and biases 0.
    let init (window: int list) (inputs: int) (outputs: int) (key: Tensor<uint32>) : ConvTranspose<'T> =
        {
            Weight = Init.glorotUniform (inputs :: outputs :: window) key
            Bias = Tensor.zeros [ outputs ]
        }

    /// T = (S - 1) stride + window, less the padding, which is cut off; with `Padding.Same` T = S stride.
    let apply (strides: int list) (padding: Padding) (layer: ConvTranspose<'T>) (x: Tensor<'T>) : Tensor<'T> =
        Tensor.ofExpr (Nn.ConvTranspose(x.Expr, layer.Weight.Expr, layer.Bias.Expr, Array.ofList strides, padding))

/// Pools over all of [N, C, S..]; those over windows are `Tensor.maxPool`, `Tensor.avgPool` and the like.
[<RequireQualifiedAccess>]
module Pool =

    /// The mean over all spatial axes: [N, C].
    let globalAvg (x: Tensor<'T>) : Tensor<'T> = Tensor.ofExpr (Nn.GlobalAvgPool x.Expr)

    /// The largest number over all spatial axes: [N, C].
    let globalMax (x: Tensor<'T>) : Tensor<'T> = Tensor.ofExpr (Nn.GlobalMaxPool x.Expr)
