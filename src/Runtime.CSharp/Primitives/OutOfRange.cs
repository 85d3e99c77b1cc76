namespace Adjoint.Primitives;

/// <summary>What gather and scatter do with a window that does not lie within the operand.</summary>
public enum OutOfRange
{
    /// <summary>The window is moved to the nearest place within the operand.</summary>
    Clamp,

    /// <summary>Gather reads zeros; scatter writes nothing.</summary>
    Drop,

    /// <summary>A <see cref="Core.DomainException"/> names the index, the axis and its extent.</summary>
    Check,
}
