using System.Runtime.Intrinsics.X86;

namespace Adjoint.Compile.Emit;

/// <summary>What code is written for.</summary>
/// <param name="Vectors">The widest vectors, or null for none.</param>
/// <param name="Tables">The tables of all widths up to that, the widest first.</param>
internal sealed record IlTarget(VectorTable? Vectors, IReadOnlyList<VectorTable> Tables)
{
    /// <summary>Whether the processor's own minimum gives its second operand for NaN and equal zeros, as x86 does.</summary>
    internal bool HasProcessorMinimum => Sse2.IsSupported;
}
