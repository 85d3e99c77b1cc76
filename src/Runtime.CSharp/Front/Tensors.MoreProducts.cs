using Adjoint.Core;

namespace Adjoint.Front;

/// <content>More products of vectors and matrices, by NumPy's names.</content>
public static partial class Tensors
{
    /// <summary>Sum of products of the last axes: x's other axes, then y's. Of a single number the product.</summary>
    public static Expr Inner(this Expr x, Expr y) => x.Rank == 0 || y.Rank == 0 ? x * y : x.TensorDot(y, [-1], [-1]);

    /// <summary>Σ conj(x) y of all elements of two tensors of one size: rank 0.</summary>
    public static Expr VDot(this Expr x, Expr y) => x.Size == y.Size
        ? x.Flatten().Conj().Dot(y.Flatten())
        : throw new ShapeException($"vdot: left is {x.Type}, right is {y.Type}; as many elements of both are wanted.").Here();

    /// <summary>Σ conj(x) y along an axis of tensors that broadcast, as NumPy's vecdot; the axis goes.</summary>
    public static Expr VecDot(this Expr x, Expr y, int axis = -1) => (x.Conj() * y).Sum(axis);

    /// <summary>Kronecker's product: each element of x times the whole of y, in place of it. Missing axes stand at the front.</summary>
    public static Expr Kron(this Expr x, Expr y)
    {
        Broadcasting.SameDType("kron", x, y);
        int rank = Math.Max(x.Rank, y.Rank);
        int[] left = [.. Enumerable.Repeat(1, rank - x.Rank), .. x.Shape.ToArray()];
        int[] right = [.. Enumerable.Repeat(1, rank - y.Rank), .. y.Shape.ToArray()];
        Expr apart = x.Reshape([.. left.SelectMany(extent => new[] { extent, 1 })]) * y.Reshape([.. right.SelectMany(extent => new[] { 1, extent })]);
        return apart.Reshape([.. left.Zip(right, (a, b) => a * b)]);
    }

    /// <summary>The vector product along an axis of extent 3; other axes broadcast. Of extent 2 the third component alone, whose axis goes.</summary>
    /// <exception cref="ShapeException">The axis has neither 2 nor 3 elements in both.</exception>
    public static Expr Cross(this Expr x, Expr y, int axis = -1)
    {
        Broadcasting.SameDType("cross", x, y);
        int a = Axis.Of("cross", axis, x.Rank, x.Type.ToString());
        int b = Axis.Of("cross", axis, y.Rank, y.Type.ToString());
        if (x.Shape[a] != y.Shape[b] || x.Shape[a].Value is not (2 or 3))
        {
            throw new ShapeException($"cross: left is {x.Type}, right is {y.Type}; 3 (or 2) elements along axis {axis} of both are wanted.").Here();
        }

        Expr[] u = Components(x, a);
        Expr[] v = Components(y, b);
        Expr Part(int i, int j) => (u[i] * v[j]) - (u[j] * v[i]);
        return u.Length == 2 ? Part(0, 1) : Stack([Part(1, 2), Part(2, 0), Part(0, 1)], axis);
    }

    /// <summary>The product of a square matrix with itself so many times by repeated squaring; of 0 times the identity. Leading axes are batches.</summary>
    /// <exception cref="ShapeException">The matrix is not square, or the power is negative.</exception>
    public static Expr MatrixPower(this Expr x, int power)
    {
        Demand.AtLeast("matrix_power", x, 2);
        Demand.AtLeast("matrix_power", "the power", power, 0);
        if (x.Shape[^1] != x.Shape[^2])
        {
            throw new ShapeException($"matrix_power: {x.Type} is not square.").Here();
        }

        Expr? product = null;
        Expr square = x;
        for (int rest = power; rest > 0; rest >>= 1)
        {
            product = (rest & 1) == 0 ? product : product is null ? square : product.MatMul(square);
            square = rest > 1 ? square.MatMul(square) : square;
        }

        return product ?? x.IdentityLike();
    }

    /// <summary>
    /// The product of several matrices in the order that costs least. The first may be a vector (a row), the last too (a column).
    /// </summary>
    public static Expr MultiDot(params Expr[] matrices)
    {
        CheckSome("multi_dot", matrices);
        for (int i = 0; i < matrices.Length; i++)
        {
            bool isEnd = i == 0 || i == matrices.Length - 1;
            if (matrices[i].Rank != 2 && !(isEnd && matrices[i].Rank == 1))
            {
                throw new ShapeException($"multi_dot: operand {i} is {matrices[i].Type}; matrices are wanted, or vectors at the ends.").Here();
            }
        }

        double[] extents = [.. matrices.Select((matrix, i) => i == 0 && matrix.Rank == 1 ? 1.0 : matrix.Shape[0].Value),
            matrices[^1].Rank == 1 ? 1.0 : matrices[^1].Shape[1].Value];
        int[,] cuts = Chain(extents);
        Expr Product(int first, int last) => first == last
            ? matrices[first]
            : Product(first, cuts[first, last]).MatMul(Product(cuts[first, last] + 1, last));
        return Product(0, matrices.Length - 1);
    }

    /// <summary>Where to cut each chain of matrices for the fewest multiplications (Cormen et al., Introduction to Algorithms, §15.2).</summary>
    private static int[,] Chain(double[] extents)
    {
        int count = extents.Length - 1;
        var cost = new double[count, count];
        var cuts = new int[count, count];
        for (int length = 2; length <= count; length++)
        {
            for (int first = 0; first + length <= count; first++)
            {
                int last = first + length - 1;
                cost[first, last] = double.PositiveInfinity;
                for (int cut = first; cut < last; cut++)
                {
                    double sum = cost[first, cut] + cost[cut + 1, last] + (extents[first] * extents[cut + 1] * extents[last + 1]);
                    (cost[first, last], cuts[first, last]) = sum < cost[first, last] ? (sum, cut) : (cost[first, last], cuts[first, last]);
                }
            }
        }

        return cuts;
    }

    private static Expr[] Components(Expr x, int axis) =>
        [.. Enumerable.Range(0, x.Shape[axis].Value).Select(i => x[[.. Enumerable.Repeat(Slice.All, axis), Slice.At(i)]])];
}
