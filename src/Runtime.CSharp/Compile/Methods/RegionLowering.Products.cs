using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Compile.Methods;

/// <summary>Products of small matrices: a block of rows at once, lanes along the result's last axis.</summary>
internal sealed partial class RegionLowering
{
    /// <summary>The product, formed where it is written if elements of it alone are read; null where it is better taken element by element.</summary>
    private TensorLocal? Product(Frame frame, Node node)
    {
        if (builder.IsInLanes || Sizes.InRegisters(node.Result.Tensor) || SmallProduct.Of(node) is not { } product)
        {
            return null;
        }

        ImmutableArray<TensorLocal> factors = Readable(Formed([.. node.Operands.Select(frame.Tensor)]), anywhere: true);
        var pending = new PendingProduct(node.Result.Tensor, product, factors);
        return frame.IsReadInPlace(node.Result) ? pending : Kept(frame, node, pending);
    }
}
