namespace Adjoint.Front;

/// <summary>Norms of matrices; see <see cref="Tensors.MatrixNorm"/>.</summary>
public enum MatrixNormKind
{
    /// <summary>Root of the sum of squared absolute values.</summary>
    Frobenius,

    /// <summary>The largest sum of absolute values of a column.</summary>
    One,

    /// <summary>The smallest sum of absolute values of a column.</summary>
    MinusOne,

    /// <summary>The largest sum of absolute values of a row.</summary>
    Infinity,

    /// <summary>The smallest sum of absolute values of a row.</summary>
    MinusInfinity,

    /// <summary>The largest singular value, of real matrices.</summary>
    Two,

    /// <summary>The smallest singular value, of real matrices.</summary>
    MinusTwo,

    /// <summary>The sum of singular values, of real matrices.</summary>
    Nuclear,
}
