namespace Adjoint.Nn

open Adjoint
open Adjoint.Core

/// First weights, from a shape and a key: [inputs, outputs] of a dense layer, [outputs, inputs / groups, window..] of a convolution.
/// Normal ones are cut at two standard deviations, as Keras and JAX do.
[<RequireQualifiedAccess>]
module Init =

    let private of' (make: Expr * Shape * DType -> Expr) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        Tensor.ofExpr (make (key.Expr, Shape.Of(Array.ofList shape), DTypeOf<'T>.Value))

    /// Evenly within sqrt(6 / (inputs + outputs)) of 0 (Glorot and Bengio 2010); Xavier's in PyTorch.
    let glorotUniform (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.GlorotUniform(key, shape, dtype)) shape key

    /// Normal, of variance 2 / (inputs + outputs) (Glorot and Bengio 2010).
    let glorotNormal (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.GlorotNormal(key, shape, dtype)) shape key

    /// Evenly within sqrt(6 / inputs) of 0, for relu (He et al. 2015); Kaiming's in PyTorch.
    let heUniform (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.HeUniform(key, shape, dtype)) shape key

    /// Normal, of variance 2 / inputs, for relu (He et al. 2015).
    let heNormal (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.HeNormal(key, shape, dtype)) shape key

    /// Evenly within sqrt(3 / inputs) of 0 (LeCun et al. 1998).
    let leCunUniform (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.LeCunUniform(key, shape, dtype)) shape key

    /// Normal, of variance 1 / inputs (LeCun et al. 1998); for selu.
    let leCunNormal (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.LeCunNormal(key, shape, dtype)) shape key

    /// Vectors that are orthogonal and of norm 1, along the shorter side (Saxe, McClelland and Ganguli 2014).
    let orthogonal (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Init.Orthogonal(key, shape, dtype)) shape key

    /// Normal numbers of a standard deviation.
    let normal (deviation: float) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> =
        of' (fun (key, shape, dtype) -> Front.Rng.Normal(key, shape, dtype) * deviation) shape key

    /// Evenly within a bound of 0.
    let uniform (bound: float) (shape: int list) (key: Tensor<uint32>) : Tensor<'T> = Random.uniformIn -bound bound shape key

    /// One number everywhere.
    let constant (number: 'T) (shape: int list) (_: Tensor<uint32>) : Tensor<'T> = Tensor.full shape number

    /// Zeros.
    let zeros (shape: int list) (_: Tensor<uint32>) : Tensor<'T> = Tensor.zeros shape
