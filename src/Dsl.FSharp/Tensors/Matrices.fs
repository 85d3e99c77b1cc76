namespace Adjoint

open Adjoint.Front

/// Dense linear algebra: matrices lie along the last two axes, batches before them.
[<AutoOpen>]
module TensorMatrices =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// The lower triangular l with a = l lᵀ of symmetric positive definite matrices [.., n, n]; complex ones are Hermitian. Takes the
        /// mean of a and its transpose, so that gradients are symmetric. What is not positive definite gives NaN below the diagonal.
        let cholesky (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Cholesky a.Expr)

        /// x with a x = b, by the factor of a that `cholesky` gives. b : [.., n, k], or vectors [.., n].
        let choleskySolve (factor: Tensor<'T>) (b: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CholeskySolve(factor.Expr, b.Expr))
