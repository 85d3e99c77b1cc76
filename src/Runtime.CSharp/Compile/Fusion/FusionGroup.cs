using Adjoint.Compile.Methods;
using Adjoint.Compile.Nests;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Fusion;

/// <summary>Nodes that become one piece of code: loops over an index space, which may be reduced along some axes.</summary>
internal sealed class FusionGroup
{
    /// <summary>The most instructions of a group, about: the processor's registers and the compiler's patience end somewhere.</summary>
    private const double MostWork = 1200;

    private readonly FusionSites sites;
    private readonly Dictionary<Node, FusionPlace> places = new(ReferenceEqualityComparer.Instance);
    private double work;

    /// <summary>A group whose last node is this one.</summary>
    internal FusionGroup(Node root, FusionSites sites)
    {
        this.sites = sites;
        if (NestSpace.ReductionOf(root) is not null)
        {
            Shape = root.Operands[0].Tensor.Shape;
            Reduced = Ordered(NestSpace.AxesOf(root));
            Put(root, RowPlace(Reduced));
        }
        else
        {
            IsWrittenOut = FusionKinds.IsWrittenOut(root);
            Shape whole = root.Result.Tensor.Shape;
            Shape = IsWrittenOut ? new(whole.Take(((Concatenate)root.Primitive).Axis)) : whole;
            Put(root, WidePlace);
        }
    }

    /// <summary>The index space.</summary>
    internal Shape Shape { get; private set; }

    /// <summary>The axes along which it is reduced; null where no node reduces.</summary>
    internal Axes? Reduced { get; private set; }

    /// <summary>Whether it puts small parts side by side for each index of its space, which it does not reduce.</summary>
    internal bool IsWrittenOut { get; private set; }

    /// <summary>The nodes, copies of views among them.</summary>
    internal Dictionary<Node, FusionPlace>.KeyCollection Nodes => places.Keys;

    /// <summary>Whether a node is in the group.</summary>
    internal bool Contains(Node node) => places.ContainsKey(node);

    /// <summary>Whether a node reduces the group's space.</summary>
    internal bool Reduces => places.Keys.Any(node => NestSpace.ReductionOf(node) is not null);

    private FusionPlace WidePlace => new(FusionLevel.Wide, Shape.Rank, Shape.Size, Axes.None, FusionSites.One);

    /// <summary>How many elements a node computes or joins; 0 where it is no single array.</summary>
    internal static double Work(Node node) =>
        node.Results.Length == 1 && node.Result.Type is TensorType type ? type.Shape.Size * ElementWork.Joined(node) : 0;

    /// <summary>Whether a node is computed once for each row.</summary>
    internal bool IsOfRows(Node node) => places[node].Level == FusionLevel.Row;

    /// <summary>How a member reads one of its operands.</summary>
    internal FusionPlace PlaceOf(Node member, int operand)
    {
        FusionPlace own = places[member];
        if (own.Level == FusionLevel.Row && NestSpace.ReductionOf(member) is not null)
        {
            return WidePlace;
        }

        if (member.Primitive is ElementwisePrimitive || (own.Level == FusionLevel.Row && IsOfOnes(member)))
        {
            return own;
        }

        if (IsWrittenOut && own.Level == FusionLevel.Wide && KeepsIndex(member, operand))
        {
            return own;
        }

        double joined = ElementWork.Joined(member);
        if (own.Level == FusionLevel.Wide && member.Primitive is Broadcast broadcast && RowAxes(broadcast) is { } axes)
        {
            return RowPlace(axes);
        }

        return new(
            FusionLevel.Inner,
            Math.Min(own.Lead, FusionAxes.Kept(member, operand)),
            own.Count * joined,
            Axes.None,
            sites.Through(member, operand, own.Sites),
            own.IsLooped || joined > LoopReductions.Unrolled);
    }

    /// <summary>Takes a node whose result is read so, if it fits.</summary>
    /// <param name="node">The node.</param>
    /// <param name="place">How members read it.</param>
    /// <param name="isSeen">Whether it is read outside too.</param>
    internal bool TryTake(Node node, FusionPlace place, bool isSeen)
    {
        place = Distinct(node, place);
        if (FusionKinds.IsWrittenOut(node) || work + WorkOf(node, place) > MostWork)
        {
            return false;
        }

        return NestSpace.ReductionOf(node) is not null ? TryTakeReduction(node, place)
            : place.Level == FusionLevel.Inner ? !isSeen && IsComputedOnce(node, place) && Put(node, place)
            : place.Level == FusionLevel.Wide ? Put(node, place)
            : TryReduce(place.Axes) && Put(node, place);
    }

    /// <summary>Takes a copy of a view, which costs nothing.</summary>
    internal void Copy(Node node, FusionPlace place) => Put(
        node, place.Level == FusionLevel.Row && !TryReduce(place.Axes) ? place with { Level = FusionLevel.Inner, Lead = 0, Axes = Axes.None } : place);

    /// <summary>Whether one piece of code is better than kernels for each node: there are several, or one that has none, and enough to do.</summary>
    internal bool IsWorthIt(double least) => Nodes.Max(Work) > least && (Reduces || !HaveKernels());

    /// <summary>Whether there is nothing but one node that has a kernel; of a product, but it and other names of its operands and result.</summary>
    private bool HaveKernels()
    {
        Node[] own = places.Count == 1 ? [.. Nodes] : [.. Nodes.Where(node => node.Primitive is not Reshape)];
        return own is [var node]
            && (places.Count == 1 || node.Primitive is DotGeneral)
            && node.Primitive.Lower([.. node.Operands.Select(operand => operand.Type)]) is not null;
    }

    /// <summary>Takes the nodes of a group over the same space.</summary>
    internal void Take(FusionGroup other)
    {
        foreach ((Node node, FusionPlace place) in other.places)
        {
            if (places.TryAdd(node, place))
            {
                work += WorkOf(node, place);
            }
        }

        Reduced ??= other.Reduced;
        IsWrittenOut |= other.IsWrittenOut;
    }

    /// <summary>Whether the nodes of a group could be taken.</summary>
    internal bool Fits(FusionGroup other) =>
        Shape.Equals(other.Shape)
        && (Reduced is null || other.Reduced is null || Reduced.Equals(other.Reduced))
        && ((Reduced ?? other.Reduced) is null || !(IsWrittenOut || other.IsWrittenOut))
        && work + other.work <= MostWork;

    private bool TryTakeReduction(Node node, FusionPlace place)
    {
        Axes along = Ordered(NestSpace.AxesOf(node));
        Shape shape = node.Operands[0].Tensor.Shape;
        if (place.Level == FusionLevel.Row)
        {
            return shape.Equals(Shape) && along.Equals(place.Axes) && TryReduce(along) && Put(node, place);
        }

        if (place.Level != FusionLevel.Wide || Reduced is not null || IsWrittenOut || !node.Result.Tensor.Shape.Equals(Shape))
        {
            return false;
        }

        Become(shape, along);
        return Put(node, RowPlace(along));
    }

    /// <summary>What was computed for each index is now computed for each row of a larger space.</summary>
    private void Become(Shape shape, Axes along)
    {
        Shape = shape;
        Reduced = along;
        foreach (Node member in places.Keys.ToArray())
        {
            FusionPlace place = places[member];
            places[member] = place.Level == FusionLevel.Wide ? RowPlace(along) : place with { Lead = 0 };
        }
    }

    private bool TryReduce(Axes axes)
    {
        if (Reduced is null)
        {
            Reduced = axes;
        }

        return Reduced.Equals(axes);
    }

    /// <summary>The instructions of a node in the group, about: those of an element, wherever one is asked for, unless its index is a number.</summary>
    private double WorkOf(Node node, FusionPlace place) => ElementWork.Own(node) * (IsWrittenOutBehind(place) ? 1 : place.Sites.Length);

    /// <summary>Where indices are numbers, there are no more of them than elements.</summary>
    private FusionPlace Distinct(Node node, FusionPlace place)
    {
        long most = IsWrittenOutBehind(place) ? RestOf(node, place) : node.Result.Tensor.Shape.Size <= 1 ? 1 : place.Sites.Length;
        return most < place.Sites.Length ? place with { Sites = place.Sites[..(int)Math.Max(most, 1)] } : place;
    }

    /// <summary>Whether all axes but those that a node has in common with the space are written out.</summary>
    private bool IsWrittenOutBehind(FusionPlace place) => place.Lead > 0 && !place.IsLooped && Reduced is null
        && new Shape(Shape.Skip(place.Lead)).Size <= MapNest.WrittenOut;

    /// <summary>How many elements a node has for each index that it has in common with the space.</summary>
    private static long RestOf(Node node, FusionPlace place) => new Shape(node.Result.Tensor.Shape.Skip(place.Lead)).Size;

    /// <summary>An element is asked for no more often than it would be computed, or it is cheap.</summary>
    private static bool IsComputedOnce(Node node, FusionPlace place)
    {
        Shape shape = node.Result.Tensor.Shape;
        bool isKnown = place.Lead > 0 && RestOf(node, place) <= 2 * NestSpace.Small;
        double cost = ElementWork.Own(node) * ElementWork.Joined(node);
        double often = cost > 4 ? 1 : cost > 1 ? 2 : 4;
        return isKnown || shape.Size <= 1 || place.Count <= often * shape.Size;
    }

    /// <summary>The axes along which a space is reduced when a broadcast in it repeats a row's number; null where it repeats others.</summary>
    private Axes? RowAxes(Broadcast broadcast)
    {
        if (IsWrittenOut || !broadcast.Shape.Equals(Shape))
        {
            return null;
        }

        Axes along = Ordered(broadcast.Axes.Others(Shape.Rank));
        bool inOrder = broadcast.Axes.SequenceEqual(along.Others(Shape.Rank));
        var space = new NestSpace(Shape, along, []);
        return inOrder && along.Count > 0 && space.AlongRows && !space.HasLongRows && space.Length > NestSpace.Small
            && (Reduced is null || Reduced.Equals(along))
            ? along
            : null;
    }

    /// <summary>Whether an operand has one element for each index of the space, but for axes of one element.</summary>
    private bool KeepsIndex(Node node, int operand) =>
        (node.Primitive is Concatenate || IsOfOnes(node)) && node.Operands[operand].Tensor.Shape.Size == Shape.Size;

    /// <summary>Whether a node adds or leaves out axes of one element.</summary>
    private static bool IsOfOnes(Node node) =>
        node.Primitive is Reshape && NestSpace.IsAlike(node.Operands[0].Tensor.Shape, node.Result.Tensor.Shape);

    private FusionPlace RowPlace(Axes along)
    {
        var space = new NestSpace(Shape, along, []);
        return new(FusionLevel.Row, 0, space.Rows.Size, along, FusionSites.One);
    }

    private bool Put(Node node, FusionPlace place)
    {
        places[node] = place;
        work += WorkOf(node, place);
        return true;
    }

    private static Axes Ordered(Axes axes) => new(axes.Order());
}
