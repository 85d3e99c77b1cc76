using Adjoint.Core;
using Adjoint.Front;
using Adjoint.Ir;

namespace Figures.Rows;

/// <summary>Training steps of convolutional networks, as graphs: (images, labels, weights…) → (loss, weights after a step of gradient descent…).</summary>
internal static class Networks
{
    private const double Rate = 0.1;

    /// <summary>LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) on 28 × 28 images.</summary>
    public static Graph LeNet(int batch)
    {
        var weights = new Weights();
        Func<Expr[], Expr, Expr> logits = (w, x) =>
        {
            int at = 0;
            Expr Next() => w[at++];
            Expr Block(Expr y, Padding padding) => Nn.Conv(y, Next(), Next(), padding: padding).Relu().AvgPool([2, 2]);
            Expr Layer(Expr y) => Nn.Dense(y, Next(), Next());
            Expr features = Block(Block(x, Padding.Same), Padding.Valid).Flatten(1);
            return Layer(Layer(Layer(features).Relu()).Relu());
        };
        weights.Convolution(6, 1, 5).Bias(6).Convolution(16, 6, 5).Bias(16);
        weights.Dense(400, 120).Dense(120, 84).Dense(84, 10);
        return Step([batch, 1, 28, 28], weights, logits);
    }

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

    private static Expr ResNetLogits(Expr[] w, Expr x, int n)
    {
        int at = 0;
        Expr Next() => w[at++];
        Expr Normed(Expr y, int stride)
        {
            y = Nn.Conv(y, Next(), strides: [stride, stride], padding: Padding.Same);
            return Nn.BatchNorm(y, Next(), Next()).Y;
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

        return Nn.Dense(Nn.GlobalAvgPool(x).Reshape(x.Shape[0].Value, 64), Next(), Next());
    }

    private static Graph Step(int[] images, Weights weights, Func<Expr[], Expr, Expr> logits) =>
        GraphBuilder.Build([TensorType.Of(DType.F32, images), TensorType.Of(DType.I64, images[0]), .. weights.Types], x =>
        {
            (Expr loss, Expr[] gradients) = Differential.ValueAndGrad(w => Loss.CrossEntropy(logits(w, x[0]), x[1]).Mean())(x[2..]);
            return [loss, .. x[2..].Zip(gradients, (w, g) => w - (Rate * g))];
        });

    private sealed class Weights
    {
        public List<TensorType> Types { get; } = [];

        public Weights Convolution(int outputs, int inputs, int size) => Add(outputs, inputs, size, size);

        public Weights Bias(int count) => Add(count);

        public Weights Norm(int count) => Add(count).Add(count);

        public Weights Dense(int inputs, int outputs) => Add(inputs, outputs).Add(outputs);

        private Weights Add(params int[] extents)
        {
            Types.Add(TensorType.Of(DType.F32, extents));
            return this;
        }
    }
}
