namespace Adjoint.Front;

/// <summary>What stands beyond the ends of an axis that is padded; the names and meanings of NumPy's pad.</summary>
public enum PadMode
{
    /// <summary>A number: 0 unless given.</summary>
    Constant,

    /// <summary>The element at the end: a a | a b c | c c.</summary>
    Edge,

    /// <summary>Mirrored at the element at the end, which stands once: c b | a b c | b a.</summary>
    Reflect,

    /// <summary>Mirrored behind the element at the end, which stands twice: b a | a b c | c b.</summary>
    Symmetric,

    /// <summary>From the other end: b c | a b c | a b.</summary>
    Wrap,

    /// <summary>Evenly from the element at the end to a number, which stands outermost: 0 unless given.</summary>
    LinearRamp,

    /// <summary>The largest element along the axis.</summary>
    Maximum,

    /// <summary>The smallest element along the axis.</summary>
    Minimum,

    /// <summary>The mean along the axis.</summary>
    Mean,
}
