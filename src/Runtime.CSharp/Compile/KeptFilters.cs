using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>The usual kernels, and convolutions that keep the layout of filters that are the same at each call.</summary>
internal sealed class KeptFilters(IEnumerable<Value> kept) : KernelSource
{
    private readonly HashSet<Value> filters = new(kept, ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    internal override Kernel? Of(Node node) => node.Primitive is ConvGeneral conv && filters.Contains(node.Operands[1])
        ? conv.Lower(TypesOf(node), keepsFilter: true)
        : Default.Of(node);
}
