namespace Adjoint.Front;

/// <summary>Which part of a convolution of two vectors is meant; the names of NumPy's modes.</summary>
public enum ConvolutionMode
{
    /// <summary>Wherever the two meet: n + m − 1.</summary>
    Full,

    /// <summary>The middle: max(n, m).</summary>
    Same,

    /// <summary>Where the two lie within each other: max(n, m) − min(n, m) + 1.</summary>
    Valid,
}
