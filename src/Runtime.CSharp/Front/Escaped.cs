using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Values of bodies that have closed but depend on nothing there: constants that were made in a body because it was the first
/// to ask for them. The values of an F# module are such, which come to be when the first of them is used.</summary>
internal static class Escaped
{
    /// <summary>The same value at the top level; null where it depends on what a body was given.</summary>
    internal static Expr? Find(Expr expr)
    {
        if (expr.Outside is { } known)
        {
            return known;
        }

        var cone = new Cone([expr.Handle]);
        var arguments = new HostValue[cone.Leaves.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            if (ValueOf(cone.Leaves[i], expr.Frame) is not { } value)
            {
                return null;
            }

            arguments[i] = value;
        }

        int number = cone.NumberOf(expr.Handle);
        return expr.Outside = Expr.OfHost(number < 0 ? arguments[~number] : TraceCache.Get(cone).Run(arguments)[0]);
    }

    private static HostValue? ValueOf(Value leaf, Frame frame)
    {
        if (leaf.Producer?.Primitive is Constant)
        {
            return Cone.KnownOf(leaf);
        }

        return frame.CapturedAs(leaf) switch
        {
            null => null,
            { Frame.Kind: FrameKind.Top } outer => Observer.Observe([outer])[0],
            { Frame.IsClosed: true } outer => Find(outer)?.Handle.Known,
            _ => null,
        };
    }
}
