namespace Adjoint.Front;

/// <summary>What a quantile is where it lies between two elements; the names of NumPy's methods.</summary>
public enum QuantileMethod
{
    /// <summary>On the line between them.</summary>
    Linear,

    /// <summary>The lower one.</summary>
    Lower,

    /// <summary>The higher one.</summary>
    Higher,

    /// <summary>Their mean.</summary>
    Midpoint,

    /// <summary>The nearer one; half way, the one of even index.</summary>
    Nearest,
}
