namespace Adjoint.Front;

/// <summary>
/// Finds the order in which operands of an einsum are joined: the cheapest of all by dynamic programming over subsets where there are few,
/// otherwise always the pair whose product grows least.
/// </summary>
/// <remarks>
/// Labels are bits of a set. The cost of a join is the number of multiplications and additions of its loop over all labels of both
/// (as numpy.einsum_path counts them). Subsets as in Pfeifer, Haegeman, Verstraete, Phys. Rev. E 90, 033315 (2014).
/// </remarks>
internal sealed class EinsumPlanner
{
    /// <summary>Up to so many operands all orders are compared: 3ⁿ pairs of subsets.</summary>
    internal const int Few = 8;

    private readonly UInt128[] operands;
    private readonly UInt128 result;
    private readonly double[] extents;

    internal EinsumPlanner(UInt128[] operands, UInt128 result, double[] extents)
    {
        this.operands = operands;
        this.result = result;
        this.extents = extents;
    }

    internal EinsumPath Find()
    {
        List<(int, int)> joins = operands.Length <= Few ? Cheapest() : Greedy();
        double cost = operands.Length == 1 ? Size(operands[0]) : 0;
        double largest = Size(result);
        List<UInt128> left = [.. operands];
        foreach ((int i, int j) in joins)
        {
            UInt128 product = Kept(left[i] | left[j], left, i, j);
            cost += Work(left[i], left[j], product);
            largest = Math.Max(largest, Size(product));
            left.RemoveAt(Math.Max(i, j));
            left.RemoveAt(Math.Min(i, j));
            left.Add(product);
        }

        UInt128 all = operands.Aggregate((UInt128)0, (union, labels) => union | labels);
        double naive = Size(all) * (Math.Max(operands.Length - 1, 1) + (all == result ? 0 : 1));
        return new(joins, cost, naive, largest);
    }

    private double Size(UInt128 labels)
    {
        double size = 1;
        for (int i = 0; i < extents.Length; i++)
        {
            size *= (labels >> i & 1) == 1 ? extents[i] : 1;
        }

        return size;
    }

    private double Work(UInt128 x, UInt128 y, UInt128 product) => Size(x | y) * ((x | y) == product ? 1 : 2);

    private UInt128 Kept(UInt128 union, List<UInt128> left, int i, int j)
    {
        UInt128 needed = result;
        for (int k = 0; k < left.Count; k++)
        {
            needed |= k == i || k == j ? 0 : left[k];
        }

        return union & needed;
    }

    /// <summary>For each set of operands its cheapest last join, from small sets to large ones.</summary>
    private List<(int First, int Second)> Cheapest()
    {
        int all = (1 << operands.Length) - 1;
        UInt128[] product = Products(all);
        var cost = new double[all + 1];
        var split = new int[all + 1];
        for (int set = 1; set <= all; set++)
        {
            cost[set] = int.IsPow2(set) ? 0 : double.PositiveInfinity;
            for (int part = (set - 1) & set; part > (set ^ part); part = (part - 1) & set)
            {
                double sum = cost[part] + cost[set ^ part] + Work(product[part], product[set ^ part], product[set]);
                if (sum < cost[set])
                {
                    (cost[set], split[set]) = (sum, part);
                }
            }
        }

        return InOrder(all, split);
    }

    /// <summary>The labels of the product of each set of operands.</summary>
    private UInt128[] Products(int all)
    {
        UInt128 Union(int set) => operands.Where((_, i) => (set >> i & 1) == 1).Aggregate((UInt128)0, (union, labels) => union | labels);
        return [.. Enumerable.Range(0, all + 1).Select(set => Union(set) & (int.IsPow2(set) ? UInt128.MaxValue : result | Union(all ^ set)))];
    }

    /// <summary>A tree of joins as pairs of places in the list that is left.</summary>
    private static List<(int First, int Second)> InOrder(int all, int[] split)
    {
        var joins = new List<(int, int)>();
        List<int> left = [.. Enumerable.Range(0, int.PopCount(all)).Select(i => 1 << i)];
        void Join(int set)
        {
            if (int.IsPow2(set))
            {
                return;
            }

            Join(split[set]);
            Join(set ^ split[set]);
            (int i, int j) = (left.IndexOf(split[set]), left.IndexOf(set ^ split[set]));
            joins.Add((Math.Min(i, j), Math.Max(i, j)));
            left.Remove(split[set]);
            left.Remove(set ^ split[set]);
            left.Add(set);
        }

        Join(all);
        return joins;
    }

    /// <summary>Always the pair whose product is smallest against the two that go, the cheaper one at ties.</summary>
    private List<(int First, int Second)> Greedy()
    {
        var joins = new List<(int, int)>();
        List<UInt128> left = [.. operands];
        while (left.Count > 1)
        {
            (int First, int Second) best = (0, 1);
            (double Growth, double Work) least = (double.PositiveInfinity, double.PositiveInfinity);
            for (int i = 0; i < left.Count; i++)
            {
                for (int j = i + 1; j < left.Count; j++)
                {
                    UInt128 product = Kept(left[i] | left[j], left, i, j);
                    (double, double) price = (Size(product) - Size(left[i]) - Size(left[j]), Work(left[i], left[j], product));
                    (best, least) = price.CompareTo(least) < 0 ? ((i, j), price) : (best, least);
                }
            }

            UInt128 joined = Kept(left[best.First] | left[best.Second], left, best.First, best.Second);
            left.RemoveAt(best.Second);
            left.RemoveAt(best.First);
            left.Add(joined);
            joins.Add(best);
        }

        return joins;
    }
}
