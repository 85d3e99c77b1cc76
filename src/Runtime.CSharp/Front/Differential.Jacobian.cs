using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Jacobians and second derivatives.</content>
public static partial class Differential
{
    /// <summary>The jacobian by forward mode: result shape, then argument shape. For few arguments' elements.</summary>
    public static Func<Expr, Expr> JacFwd(Func<Expr, Expr> f) => x => JacFwdAt(Leaves.Of(f), [x])[0][0];

    /// <summary>The jacobian by reverse mode: result shape, then argument shape. For few results' elements.</summary>
    public static Func<Expr, Expr> JacRev(Func<Expr, Expr> f) => x => JacRevAt(Leaves.Of(f), [x])[0][0];

    /// <summary>The matrix of second derivatives of a real scalar function: argument shape twice. Forward over reverse.</summary>
    public static Func<Expr, Expr> Hessian(Func<Expr, Expr> f) => JacFwd(Grad(f));

    /// <summary>The second derivatives of a real scalar function in each pair of arguments: [i][j] is ∂²f/∂xᵢ∂xⱼ.</summary>
    public static Func<Expr[], Expr[][]> Hessian(Func<Expr[], Expr> f) => x => JacFwdAt(Grad(f), x);

    /// <summary>The product of the matrix of second derivatives with a direction: the gradient's derivative in it.</summary>
    public static Expr Hvp(Func<Expr, Expr> f, Expr x, Expr direction) => Jvp(Grad(f), x, direction).Tangent;

    /// <summary>The product of the matrix of second derivatives with a direction.</summary>
    public static Expr[] Hvp(Func<Expr[], Expr> f, Expr[] x, Expr[] direction, IReadOnlyList<string>? paths = null) =>
        Jvp(Grad(f, paths), x, direction, paths).Tangents;

    /// <summary>The jacobian of each result in each argument, [result][argument], by forward mode.</summary>
    /// <exception cref="DerivativeException">An argument has no tangent.</exception>
    public static Expr[][] JacFwdAt(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null) =>
        Pushed(PartAt(f, x, paths), x);

    /// <summary>The jacobian of each result in each argument, [result][argument], by reverse mode.</summary>
    /// <exception cref="DerivativeException">An argument or a result has no tangent.</exception>
    public static Expr[][] JacRevAt(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null) =>
        Pulled(PartAt(f, x, paths), x);

    /// <summary>The jacobian of each result in each argument, [result][argument], by the mode that has fewer directions to go.</summary>
    /// <exception cref="DerivativeException">An argument or a result has no tangent.</exception>
    public static Expr[][] JacobianAt(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        LinearPart part = PartAt(f, x, paths);
        return part.Values.Sum(value => (long)value.Size) < x.Sum(leaf => (long)leaf.Size) ? Pulled(part, x) : Pushed(part, x);
    }

    private static LinearPart PartAt(Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths)
    {
        CheckAllHaveTangents("jacobian", x, paths);
        return LinearPart.At("jacobian", f, x, null, paths);
    }

    private static Expr[][] Pushed(LinearPart part, Expr[] x)
    {
        var columns = new List<Expr[]>();
        for (int i = 0; i < x.Length; i++)
        {
            Expr[] basis = Basis(x, i);
            Expr[] pushed = VmapAt(part.Push, basis);
            columns.Add([.. pushed.Select((lanes, k) => Columns(lanes, part.Values[k].Shape.Concat(x[i].Shape)))]);
        }

        return [.. part.Values.Select((_, k) => columns.Select(column => column[k]).ToArray())];
    }

    private static Expr[][] Pulled(LinearPart part, Expr[] x)
    {
        CheckAllHaveTangents("jacobian", part.Values, null);
        var rows = new Expr[part.Values.Length][];
        for (int k = 0; k < rows.Length; k++)
        {
            Shape shape = part.Values[k].Shape;
            Expr[] pulled = VmapAt(part.Pull, Basis(part.Values, k));
            rows[k] = [.. pulled.Select((lanes, i) => Building.Make(lanes, value => Ops.Reshape(value, shape.Concat(x[i].Shape))))];
        }

        return rows;
    }

    /// <summary>
    /// For each leaf a batch of directions, as many as leaf <paramref name="which"/> has elements: the basis there, zeros elsewhere.
    /// </summary>
    private static Expr[] Basis(Expr[] leaves, int which)
    {
        int count = leaves[which].Size;
        return [.. leaves.Select((leaf, i) =>
        {
            TensorType type = leaf.Type with { Shape = leaf.Shape.Insert(0, count) };
            return Building.Make(() => i == which ? Ops.Reshape(Tensors.EyeOf(leaf.DType, count), type.Shape) : Ops.Zeros(type));
        })];
    }

    /// <summary>Lanes on axis 0 of a derivative in directions become the axes of the argument, last.</summary>
    private static Expr Columns(Expr lanes, Shape shape) =>
        Building.Make(lanes, value => Ops.Reshape(Ops.MoveAxis(value, 0, value.Tensor.Rank - 1), shape));

    private static void CheckAllHaveTangents(string operation, Expr[] leaves, IReadOnlyList<string>? paths)
    {
        int without = Array.FindIndex(leaves, leaf => !leaf.Handle.Type.HasTangent);
        if (without >= 0)
        {
            throw new DerivativeException(
                $"{operation}: {LeafPath.Of(paths, without, "leaf")} is {leaves[without].Handle.Type}, which has no tangent. "
                    + "Cast it to a floating dtype?").Here();
        }
    }
}
