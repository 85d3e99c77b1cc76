namespace Adjoint.Examples

open Adjoint

/// Systems of linear equations with symmetric positive definite matrices. Everything is composed of tensor operations and loops,
/// so it differentiates, batches and compiles like any other function.
[<RequireQualifiedAccess>]
module Linear =

    /// The lower triangular L with L Lᵀ = a, column by column. a : [n, n], symmetric and positive definite; otherwise NaN.
    let cholesky (a: Tensor<float>) =
        let n = a.Shape.Head
        let rows: Tensor<int64> = Tensor.arange n

        let column (j: Tensor<int64>) (found: Tensor<float>) =
            let rest = a[j] - Tensor.matMul found found[j]
            let next = Tensor.where (rows .>= j) (rest / sqrt rest[j]) (Tensor.zeros [ n ])
            Tensor.set [ Slice.All; Slice.At j.Expr ] next found

        Flow.forLoop 0 n column (Tensor.zeros [ n; n ])

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
