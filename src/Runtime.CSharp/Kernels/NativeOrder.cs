using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>The lesser and the greater as x86 processors have them: the second operand where one is NaN or both are zeros.</summary>
internal static class NativeOrder
{
    /// <summary>x &lt; y ? x : y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Minimum<T>(Vector<T> x, Vector<T> y)
        where T : unmanaged =>
        X86Base.IsSupported ? Vector.MinNative(x, y) : Vector.ConditionalSelect(Vector.LessThan(x, y), x, y);

    /// <summary>x &gt; y ? x : y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Maximum<T>(Vector<T> x, Vector<T> y)
        where T : unmanaged =>
        X86Base.IsSupported ? Vector.MaxNative(x, y) : Vector.ConditionalSelect(Vector.GreaterThan(x, y), x, y);
}
