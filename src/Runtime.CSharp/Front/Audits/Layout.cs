namespace Adjoint.Front.Audits;

/// <summary>
/// Places boxes in layers, what is read above what reads it: layers by longest path, order in a layer by the mean place of neighbours
/// (Sugiyama, Tagawa and Toda 1981), long links through bends. The same graph gives the same picture.
/// </summary>
internal static class Layout
{
    private const double Gap = 18;
    private const double LayerGap = 34;
    private const double Header = 38;
    private const double Letter = 6.7;
    private const double Title = 18;
    private const int Sweeps = 6;
    private const int MostBends = 20_000;

    internal static void Place(Scene scene)
    {
        foreach (Box box in scene.Boxes)
        {
            Measure(box);
        }

        AssignLayers(scene);
        AddBends(scene);
        List<Box>[] layers = [.. scene.Boxes.GroupBy(box => box.Layer).OrderBy(group => group.Key).Select(group => group.ToList())];
        Dictionary<Box, List<Box>> above = Neighbours(scene, down: false);
        Dictionary<Box, List<Box>> below = Neighbours(scene, down: true);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            Sort(layers, sweep % 2 == 0 ? above : below, sweep % 2 == 0);
        }

        Spread(layers);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            foreach (List<Box> layer in sweep % 2 == 0 ? layers : layers.Reverse())
            {
                Pull(layer, sweep % 2 == 0 ? above : below);
            }
        }

        Finish(scene, layers);
    }

    /// <summary>A box is as large as its text and the bodies that it holds.</summary>
    private static void Measure(Box box)
    {
        box.Inner.ForEach(Place);
        double text = Letter * Math.Max(box.Title.Length, box.Detail.Length);
        double inner = box.Inner.Sum(scene => scene.Width + Gap);
        box.Width = Math.Max(text + 16, inner + Gap);
        box.Height = Header + (box.Inner.Count == 0 ? 0 : box.Inner.Max(scene => scene.Height) + Gap);
    }

    private static void AssignLayers(Scene scene)
    {
        // Boxes and links are in the order of the graph, operands first.
        foreach (Link link in scene.Links)
        {
            link.To.Layer = Math.Max(link.To.Layer, link.From.Layer + 1);
        }

        foreach (IGrouping<Box, Link> links in scene.Links.Where(link => link.From.Kind == BoxKind.Parameter).GroupBy(link => link.From))
        {
            links.Key.Layer = links.Min(link => link.To.Layer) - 1;
        }
    }

    private static void AddBends(Scene scene)
    {
        if (scene.Links.Sum(link => (long)(link.To.Layer - link.From.Layer - 1)) > MostBends)
        {
            return;
        }

        foreach (Link link in scene.Links)
        {
            for (int layer = link.From.Layer + 1; layer < link.To.Layer; layer++)
            {
                var bend = new Box(BoxKind.Bend, "", "", "") { Layer = layer, Width = 2, Height = Header };
                link.Bends.Add(bend);
                scene.Boxes.Add(bend);
            }
        }
    }

    private static Dictionary<Box, List<Box>> Neighbours(Scene scene, bool down)
    {
        var neighbours = scene.Boxes.ToDictionary(box => box, _ => new List<Box>());
        foreach ((Box from, Box to) in scene.Links.SelectMany(link => link.Stops.Zip(link.Stops.Skip(1))))
        {
            neighbours[down ? from : to].Add(down ? to : from);
        }

        return neighbours;
    }

    private static void Sort(List<Box>[] layers, Dictionary<Box, List<Box>> neighbours, bool downwards)
    {
        var places = new Dictionary<Box, double>();
        foreach (List<Box> layer in downwards ? layers : layers.Reverse())
        {
            Box[] ordered = [.. layer.Select((box, i) => (box, i))
                .OrderBy(item => neighbours[item.box].Select(box => places.GetValueOrDefault(box, double.NaN)).Where(double.IsFinite)
                    .DefaultIfEmpty((item.i + 0.5) / layer.Count).Average())
                .Select(item => item.box)];
            layer.Clear();
            layer.AddRange(ordered);
            for (int i = 0; i < ordered.Length; i++)
            {
                places[ordered[i]] = (i + 0.5) / ordered.Length;
            }
        }
    }

    private static void Spread(List<Box>[] layers)
    {
        double y = 0;
        foreach (List<Box> layer in layers)
        {
            double x = 0;
            double height = layer.Max(box => box.Height);
            foreach (Box box in layer)
            {
                box.Height = box.Kind == BoxKind.Bend ? height : box.Height;
                (box.X, box.Y) = (x, y);
                x += box.Width + Gap;
            }

            y += height + LayerGap;
        }
    }

    /// <summary>Moves the boxes of a layer towards the middle of their neighbours, without overlap and in their order.</summary>
    private static void Pull(List<Box> layer, Dictionary<Box, List<Box>> neighbours)
    {
        double[] wanted = [.. layer.Select(box => neighbours[box].Count == 0 ? box.X : neighbours[box].Average(other => other.Middle) - (box.Width / 2))];
        double right = double.NegativeInfinity;
        double excess = 0;
        for (int i = 0; i < layer.Count; i++)
        {
            layer[i].X = Math.Max(wanted[i], right);
            excess += layer[i].X - wanted[i];
            right = layer[i].X + layer[i].Width + Gap;
        }

        layer.ForEach(box => box.X -= excess / layer.Count);
    }

    private static void Finish(Scene scene, List<Box>[] layers)
    {
        double left = scene.Boxes.Count == 0 ? 0 : scene.Boxes.Min(box => box.X);
        double top = scene.Title.Length == 0 ? 0 : Title;
        foreach (Box box in scene.Boxes)
        {
            box.X -= left;
            box.Y += top;
        }

        double width = scene.Boxes.Count == 0 ? 0 : scene.Boxes.Max(box => box.X + box.Width);
        scene.Width = Math.Max(width, Letter * scene.Title.Length);
        scene.Height = top + (layers.Length == 0 ? 0 : layers.Sum(layer => layer.Max(box => box.Height) + LayerGap) - LayerGap);
    }
}
