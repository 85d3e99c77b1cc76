using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>A value in an evaluation, and whether its holder is the only one who holds it, so that it may be overwritten.</summary>
/// <param name="Value">The value.</param>
/// <param name="Owned">Nobody else will read it.</param>
public readonly record struct Held(HostValue Value, bool Owned)
{
    /// <summary>The value as an array.</summary>
    public NDArray Array => (NDArray)Value;

    /// <summary>The value as a stack.</summary>
    public HostStack Stack => (HostStack)Value;

    /// <summary>A value that was just made.</summary>
    public static Held New(HostValue value) => new(value, true);

    /// <summary>The array itself if it is owned, otherwise a copy: either may be overwritten.</summary>
    public NDArray Writable() => Owned ? Array : Array.Copy();

    /// <summary>The value itself if it is owned, otherwise a copy: it may be kept where it is never overwritten.</summary>
    public HostValue Keep() => Owned ? Value : Value is NDArray array ? array.Copy() : Stack.Copy();
}
