using Adjoint.Core;
using Adjoint.Front;
using Adjoint.Ir;

namespace Figures.Rows;

/// <summary>Training steps of networks, as graphs: (inputs, labels, weights…) → (loss, weights after a step of gradient descent…).</summary>
internal static class Networks
{
    private const double Rate = 0.1;

    /// <summary>LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) on 28 × 28 images.</summary>
    public static Graph LeNet(int batch)
    {
        var weights = new Weights();
        weights.Convolution(6, 1, 5).Bias(6).Convolution(16, 6, 5).Bias(16);
        weights.Dense(400, 120).Dense(120, 84).Dense(84, 10);
        return Step([batch, 1, 28, 28], weights, (w, x) =>
        {
            Expr Block(Expr y, Padding padding) => Nn.Conv(y, w.Next(), w.Next(), padding: padding).Relu().AvgPool([2, 2]);
            Expr features = Block(Block(x, Padding.Same), Padding.Valid).Flatten(1);
            return Layer(w, Layer(w, Layer(w, features).Relu()).Relu());
        });
    }

    /// <summary>Two layers of 512 between 784 inputs and 10 outputs.</summary>
    public static Graph Dense(int batch) => Step(
        [batch, 784],
        new Weights().Dense(784, 512).Dense(512, 512).Dense(512, 10),
        (w, x) => Layer(w, Layer(w, Layer(w, x).Relu()).Relu()));

    /// <summary>The residual network for 32 × 32 images with 6 n + 2 layers (He, Zhang, Ren and Sun 2016): n = 3 gives ResNet-20.</summary>
    public static Graph ResNet(int batch, int n)
    {
        var weights = new Weights();
        weights.Convolution(16, 3, 3).Norm(16);
        for (int stage = 0, inputs = 16; stage < 3; stage++)
        {
            int width = 16 << stage;
            for (int block = 0; block < n; block++, inputs = width)
            {
                weights.Convolution(width, inputs, 3).Norm(width).Convolution(width, width, 3).Norm(width);
            }
        }

        weights.Dense(64, 10);
        return Step([batch, 3, 32, 32], weights, (w, x) => ResNetLogits(w, x, n));
    }

    /// <summary>The same for 224 × 224 images, of 18 layers (He et al. 2016): a training step.</summary>
    public static Graph ResNet18(int batch) => Step([batch, 3, 224, 224], ResNet18Weights(norm: 2), (w, x) => ResNet18Logits(
        w, x, y => Nn.BatchNorm(y, w.Next(), w.Next()).Y));

    /// <summary>What it says of images, normalised by running statistics: (images, weights and statistics…) → logits.</summary>
    public static Graph ResNet18Forward(int batch)
    {
        Weights weights = ResNet18Weights(norm: 4);
        return GraphBuilder.Build([TensorType.Of(DType.F32, batch, 3, 224, 224), .. weights.Types], x =>
        {
            var w = new Reader(x[1..]);
            return [ResNet18Logits(w, x[0], y => Nn.BatchNorm(y, w.Next(), w.Next(), w.Next(), w.Next().Abs() + 1.0))];
        });
    }

    /// <summary>Gated recurrent units over 28 steps of 128 numbers: (sequences, weights…) → (mean of the last state, gradients…).</summary>
    public static Graph Gru(int batch, bool backward)
    {
        const int Width = 128, Steps = 28;
        int[][] shapes = [[Steps, batch, Width], [Width, 3 * Width], [Width, 3 * Width], [3 * Width], [3 * Width]];
        return GraphBuilder.Build([.. shapes.Select(shape => TensorType.Of(DType.F32, shape))], x =>
        {
            Expr Mean(Expr[] a) => Nn.Gru(a[0], Tensors.Zeros(DType.F32, [batch, Width]), a[1], a[2], a[3], a[4]).Last.Mean();
            (Expr value, Expr[] gradients) = backward ? Differential.ValueAndGrad(Mean)(x) : (Mean(x), []);
            return [value, .. gradients];
        });
    }

    private static Weights ResNet18Weights(int norm)
    {
        var weights = new Weights();
        weights.Convolution(64, 3, 7).Norm(64, norm);
        for (int stage = 0, inputs = 64; stage < 4; stage++)
        {
            int width = 64 << stage;
            for (int block = 0; block < 2; block++, inputs = width)
            {
                weights.Convolution(width, inputs, 3).Norm(width, norm).Convolution(width, width, 3).Norm(width, norm);
                if (inputs != width)
                {
                    weights.Convolution(width, inputs, 1).Norm(width, norm);
                }
            }
        }

        return weights.Dense(512, 1000);
    }

    private static Expr ResNet18Logits(Reader w, Expr x, Func<Expr, Expr> norm)
    {
        Expr Normed(Expr y, int stride, int pad) => norm(Nn.Conv(y, w.Next(), strides: [stride, stride], padding: Padding.Both(pad, 2)));
        x = Normed(x, 2, 3).Relu().MaxPool([3, 3], [2, 2], Padding.Both(1, 2));
        for (int stage = 0; stage < 4; stage++)
        {
            for (int block = 0; block < 2; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                Expr y = Normed(Normed(x, stride, 1).Relu(), 1, 1);
                x = (y + (stride == 1 ? x : Normed(x, stride, 0))).Relu();
            }
        }

        return Layer(w, Nn.GlobalAvgPool(x));
    }

    private static Expr ResNetLogits(Reader w, Expr x, int n)
    {
        Expr Normed(Expr y, int stride)
        {
            y = Nn.Conv(y, w.Next(), strides: [stride, stride], padding: Padding.Same);
            return Nn.BatchNorm(y, w.Next(), w.Next()).Y;
        }

        x = Normed(x, 1).Relu();
        for (int stage = 0; stage < 3; stage++)
        {
            for (int block = 0; block < n; block++)
            {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                Expr y = Normed(Normed(x, stride).Relu(), 1);
                int more = y.Shape[1].Value - x.Shape[1].Value;
                Expr same = stride == 1 ? x : x[Slice.All, Slice.All, Slice.Of(step: 2), Slice.Of(step: 2)].Pad([(0, 0), (0, more), (0, 0), (0, 0)]);
                x = (y + same).Relu();
            }
        }

        return Layer(w, Nn.GlobalAvgPool(x));
    }

    private static Expr Layer(Reader w, Expr x) => Nn.Dense(x, w.Next(), w.Next());

    private static Graph Step(int[] inputs, Weights weights, Func<Reader, Expr, Expr> logits) =>
        GraphBuilder.Build([TensorType.Of(DType.F32, inputs), TensorType.Of(DType.I64, inputs[0]), .. weights.Types], x =>
        {
            (Expr loss, Expr[] gradients) = Differential.ValueAndGrad(w => Loss.CrossEntropy(logits(new(w), x[0]), x[1]).Mean())(x[2..]);
            return [loss, .. x[2..].Zip(gradients, (w, g) => w - (Rate * g))];
        });

    /// <summary>Hands out weights in the order in which they were declared.</summary>
    private sealed class Reader(Expr[] weights)
    {
        private int at;

        public Expr Next() => weights[at++];
    }

    private sealed class Weights
    {
        public List<TensorType> Types { get; } = [];

        public Weights Convolution(int outputs, int inputs, int size) => Add(outputs, inputs, size, size);

        public Weights Bias(int count) => Add(count);

        public Weights Norm(int count, int parameters = 2) => parameters == 0 ? this : Add(count).Norm(count, parameters - 1);

        public Weights Dense(int inputs, int outputs) => Add(inputs, outputs).Add(outputs);

        private Weights Add(params int[] extents)
        {
            Types.Add(TensorType.Of(DType.F32, extents));
            return this;
        }
    }
}
