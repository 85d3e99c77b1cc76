namespace Adjoint.Front;

/// <summary>What a tensor is beyond its ends where it is read at coordinates; the names and meanings of SciPy's map_coordinates.</summary>
public enum CoordinateMode
{
    /// <summary>A number: 0 unless given.</summary>
    Constant,

    /// <summary>The element at the end: a a | a b c | c c.</summary>
    Nearest,

    /// <summary>From the other end, which is one element further: b c | a b c | a b (SciPy's grid-wrap).</summary>
    Wrap,

    /// <summary>Mirrored at the element at the end: c b | a b c | b a.</summary>
    Mirror,

    /// <summary>Mirrored behind the element at the end: b a | a b c | c b.</summary>
    Reflect,
}
