namespace Adjoint.Examples

open Adjoint

/// Systems of linear equations with symmetric positive definite matrices. Everything is composed of tensor operations and loops,
/// so it differentiates, batches and compiles like any other function.
[<RequireQualifiedAccess>]
module Linear =

    /// The lower triangular L with L Lᵀ = a. a : [n, n], symmetric and positive definite; otherwise NaN.
    let cholesky (a: Tensor<float>) = Tensor.cholesky a

    let private substitute lower triangle (b: Tensor<float>) =
        match b.Rank with
        | 1 ->
            Tensor.expandDims 1 b
            |> Tensor.triangularSolve lower triangle
            |> Tensor.squeezeAxis 1
        | _ -> Tensor.triangularSolve lower triangle b

    /// x with l x = b for a lower triangular l. b : [n] or [n, m]
    let forward (l: Tensor<float>) (b: Tensor<float>) = substitute true l b

    /// x with lᵀ x = b for a lower triangular l. b : [n] or [n, m]
    let backward (l: Tensor<float>) (b: Tensor<float>) = substitute false (Tensor.transpose l) b

    /// x with a x = b; its derivative is that of the equation, not of the steps. b : [n] or [n, m]
    let solve (a: Tensor<float>) (b: Tensor<float>) =
        let l = stopGradient a |> cholesky
        let solver b = forward l b |> backward l
        customLinearSolve (Tensor.matMul a) solver solver b

    let inverse (a: Tensor<float>) = solve a (Tensor.eye a.Shape.Head)
