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

        /// x with a x = b, for square matrices a [.., n, n] and b a vector [n] or columns [.., n, k]; leading axes broadcast. By elimination
        /// with pivoting; of a singular matrix infinite or NaN. Differentiable in both, to any order.
        /// ShapeException: a holds no square matrices, or b has another number of rows.
        let solve (a: Tensor<'T>) (b: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Solve(a.Expr, b.Expr))

        /// P a = L U with the largest pivots, for matrices [.., m, n]: L (below the diagonal; its own is 1) and U in one, and the order of rows
        /// [.., m]: row i of P a is row order[i].
        let lu (a: Tensor<'T>) : Tensor<'T> * Tensor<int> =
            let struct (factors, order) = Tensors.Lu a.Expr
            Tensor<'T> factors, Tensor<int> order

        /// x with a x = b, by what `lu` gives of a. b : a vector [n], or [.., n, k].
        let luSolve (factors: Tensor<'T>, order: Tensor<int>) (b: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LuSolve(factors.Expr, order.Expr, b.Expr))

        /// The inverses of square matrices [.., n, n]; to multiply by one, `solve` is faster and more accurate.
        let inv (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Inv a.Expr)

        /// The determinants of square matrices [.., n, n].
        let det (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Det a.Expr)

        /// Signs of the determinants of real square matrices [.., n, n], and the logarithms of their absolute values: 0 and -∞ where singular.
        let slogDet (a: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
            let struct (sign, logarithm) = Tensors.SlogDet a.Expr
            Tensor<'T> sign, Tensor<'T> logarithm

        /// a = q r for real matrices [.., m, n]: orthonormal columns q [.., m, k], r [.., k, n] upper triangular with a diagonal that is not
        /// negative, k = min(m, n).
        let qr (a: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
            let struct (q, r) = Tensors.Qr a.Expr
            Tensor<'T> q, Tensor<'T> r

        /// Eigenvalues [.., n], ascending, and orthonormal eigenvectors, as columns [.., n, n], of real symmetric matrices. Takes the mean of
        /// a and its transpose, so that gradients are symmetric. Of each vector the component of largest magnitude is positive.
        let eigh (a: Tensor<'T>) : Tensor<'T> * Tensor<'T> =
            let struct (values, vectors) = Tensors.Eigh a.Expr
            Tensor<'T> values, Tensor<'T> vectors

        /// Eigenvalues of real symmetric matrices, ascending.
        let eigValsH (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.EigValsH a.Expr)

        /// a = u diag(s) vt for real matrices [.., m, n]: u [.., m, k], s [.., k] descending, vt [.., k, n], k = min(m, n).
        let svd (a: Tensor<'T>) : Tensor<'T> * Tensor<'T> * Tensor<'T> =
            let struct (u, s, vt) = Tensors.Svd a.Expr
            Tensor<'T> u, Tensor<'T> s, Tensor<'T> vt

        /// Singular values of real matrices, descending.
        let svdVals (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.SvdVals a.Expr)

        /// The pseudoinverses [.., n, m] of real matrices [.., m, n]; singular values up to max(m, n) eps of the largest count as 0.
        let pinv (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Pinv a.Expr)

        /// The x of least norm that makes |a x - b| least, for real a [.., m, n] and b a vector [m] or columns [.., m, k].
        let lstsq (a: Tensor<'T>) (b: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Lstsq(a.Expr, b.Expr))

        /// How many singular values of real matrices are above max(m, n) eps of the largest.
        let matrixRank (a: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.MatrixRank a.Expr)

        /// The largest singular value of real matrices over the smallest.
        let cond (a: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Cond a.Expr)
