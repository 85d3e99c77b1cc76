namespace Adjoint.Primitives;

/// <summary>How an update joins the element that it meets.</summary>
public enum ScatterUpdate
{
    /// <summary>Takes its place; of several updates of one element the last in row-major order stays.</summary>
    Set,

    /// <summary>Sum.</summary>
    Add,

    /// <summary>Product.</summary>
    Mul,

    /// <summary>The smaller; NaN propagates.</summary>
    Min,

    /// <summary>The larger; NaN propagates.</summary>
    Max,
}
