use super::{Layout, MOST_OF_MAPS, MOST_OF_PARAMETERS, Plan, Step, Weights, What};
use crate::error::list;
use crate::layer::{Activation, Window};
use crate::{Description, Layer, NetError, Shape, Symbols};

pub(super) fn plan(description: &Description) -> Result<Plan, NetError> {
    let input = input(description)?;
    let mut build = Builder {
        plan: Plan {
            steps: Vec::new(),
            maps: vec![input],
            offsets: vec![0, input.count()],
            tensors: Vec::new(),
            parameters: 0,
        },
        symbols: description.symbols,
        sequence: description.shape.len() == 1,
    };
    let last = build.layers(&description.layers, "", 0)?;
    debug_assert_eq!(
        last,
        build.plan.maps.len() - 1,
        "the last map is the output"
    );
    Ok(build.plan)
}

fn input(description: &Description) -> Result<Shape, NetError> {
    let sites = &description.shape;
    let (height, width) = match sites[..] {
        [width] if width > 0 => (1, width),
        [height, width] if height > 0 && width > 0 => (height, width),
        _ => {
            return Err(NetError::Sites {
                found: sites.clone(),
            });
        }
    };
    let states = description.symbols.states();
    if !(2..=256).contains(&states) {
        return Err(NetError::States { found: states });
    }
    if let Symbols::Binary { low, high } | Symbols::Ordinal { low, high, .. } = description.symbols
        && !(low.is_finite() && high.is_finite() && low != high)
    {
        return Err(NetError::Layer {
            layer: "of the input".to_owned(),
            name: "high",
            found: format!("{high} with `low` {low}"),
            allowed: "two different finite numbers",
        });
    }
    let shape = Shape {
        height,
        width,
        channels: description.symbols.channels(),
    };
    fits(shape.count(), MOST_OF_MAPS)?;
    Ok(shape)
}

fn fits(numbers: usize, allowed: f64) -> Result<(), NetError> {
    let bytes = numbers as f64 * 8.0;
    if bytes > allowed {
        return Err(NetError::TooLarge { bytes, allowed });
    }
    Ok(())
}

struct Builder {
    plan: Plan,
    symbols: Symbols,
    sequence: bool,
}

impl Builder {
    /// Appends layers, the first of which receives map `from`; returns the last map.
    fn layers(
        &mut self,
        layers: &[Layer],
        prefix: &str,
        mut from: usize,
    ) -> Result<usize, NetError> {
        for (k, layer) in layers.iter().enumerate() {
            from = self.layer(layer, &format!("{prefix}{k}"), from)?;
        }
        Ok(from)
    }

    fn layer(&mut self, layer: &Layer, name: &str, from: usize) -> Result<usize, NetError> {
        let input = self.plan.maps[from];
        let channels = input.channels;
        match layer {
            Layer::Embedding { features } => self.embedding(name, from, *features),
            Layer::Linear { features, bias } => {
                let features = at_least_one(name, "features", *features)?;
                let layout = Layout::Matrix { features, channels };
                let window = Window::point(input, features);
                self.conv(name, from, window, layout, *bias)
            }
            Layer::Conv {
                channels: out,
                kernel,
                stride,
                padding,
                bias,
            } => {
                let out = at_least_one(name, "channels", *out)?;
                let (height, width) = self.kernel(name, kernel)?;
                let padding = (if self.sequence { 0 } else { *padding }, *padding);
                let window = Window::new(input, out, (height, width), *stride, padding);
                let window = window.ok_or_else(|| NetError::Layer {
                    layer: name.to_owned(),
                    name: "kernel",
                    found: format!("{} with stride {stride} and padding {padding:?} on {input}", list(kernel)),
                    allowed: "a kernel no larger than the padded map, a stride of at least 1, and a padding smaller than the kernel",
                })?;
                let layout = Layout::Kernel {
                    out,
                    channels,
                    height,
                    width,
                    sequence: self.sequence,
                };
                self.conv(name, from, window, layout, *bias)
            }
            Layer::Swish { learned: true } => {
                let tensors = [("beta", channels)];
                let what = What::Activation(Activation::LearnedSwish);
                self.with_vectors(name, what, from, &tensors)
            }
            Layer::Swish { .. } => self.plain(What::Activation(Activation::Swish), from, input),
            Layer::Relu => self.plain(What::Activation(Activation::Relu), from, input),
            Layer::Tanh => self.plain(What::Activation(Activation::Tanh), from, input),
            Layer::Softplus => self.plain(What::Activation(Activation::Softplus), from, input),
            Layer::Scale { initial } => {
                finite(name, "initial", *initial)?;
                self.with_vectors(name, What::Scale, from, &[("weight", channels)])
            }
            Layer::Norm { epsilon } => {
                finite(name, "epsilon", *epsilon)?;
                if *epsilon <= 0.0 {
                    return Err(out_of_range(name, "epsilon", epsilon, "a number above 0"));
                }
                let what = What::Norm { epsilon: *epsilon };
                self.with_vectors(
                    name,
                    what,
                    from,
                    &[("weight", channels), ("bias", channels)],
                )
            }
            Layer::Residual { body, shortcut } => self.residual(name, from, body, shortcut),
            Layer::MeanPool => {
                let factor = 1.0 / input.positions() as f64;
                self.plain(What::Pool { factor }, from, Shape::vector(channels))
            }
            Layer::SumPool => self.plain(What::Pool { factor: 1.0 }, from, Shape::vector(channels)),
            Layer::Flatten => self.plain(What::Flatten, from, Shape::vector(input.count())),
        }
    }

    fn residual(
        &mut self,
        name: &str,
        from: usize,
        body: &[Layer],
        shortcut: &[Layer],
    ) -> Result<usize, NetError> {
        let other = self.layers(shortcut, &format!("{name}.shortcut."), from)?;
        let last = self.layers(body, &format!("{name}.body."), from)?;
        let (body, shortcut) = (self.plan.maps[last], self.plan.maps[other]);
        if body != shortcut {
            let layer = name.to_owned();
            return Err(NetError::Branches {
                layer,
                body,
                shortcut,
            });
        }
        self.plain(What::Add { other }, last, body)
    }

    fn embedding(&mut self, name: &str, from: usize, features: usize) -> Result<usize, NetError> {
        let features = at_least_one(name, "features", features)?;
        let (Symbols::Categorical { states }, 0) = (self.symbols, from) else {
            let layer = name.to_owned();
            return Err(NetError::Embedding { layer });
        };
        let window = Window::point(self.plan.maps[from], features);
        let layout = Layout::Embedding { features, states };
        self.conv(name, from, window, layout, false)
    }

    fn kernel(&self, name: &str, kernel: &[usize]) -> Result<(usize, usize), NetError> {
        match *kernel {
            [width] if self.sequence && width > 0 => Ok((1, width)),
            [height, width] if !self.sequence && height > 0 && width > 0 => Ok((height, width)),
            _ => Err(NetError::Layer {
                layer: name.to_owned(),
                name: "kernel",
                found: list(kernel),
                allowed: if self.sequence {
                    "[width] for a sequence, at least 1"
                } else {
                    "[height, width] for an image, both at least 1"
                },
            }),
        }
    }

    fn conv(
        &mut self,
        name: &str,
        from: usize,
        window: Window,
        layout: Layout,
        bias: bool,
    ) -> Result<usize, NetError> {
        let (out, inner) = (window.to.channels, window.inner());
        fits(out.saturating_mul(inner), MOST_OF_PARAMETERS)?;
        fits(window.tile_len(), MOST_OF_MAPS)?;
        let start = self.plan.parameters;
        self.tensor(name, "weight", out * inner, layout)?;
        if bias {
            self.tensor(name, "bias", out, Layout::Vector)?;
        }
        let to = window.to;
        self.step(What::Conv(window), from, start, to)
    }

    /// A step with a vector of parameters for each name, which keeps the shape.
    fn with_vectors(
        &mut self,
        name: &str,
        what: What,
        from: usize,
        vectors: &[(&str, usize)],
    ) -> Result<usize, NetError> {
        let start = self.plan.parameters;
        for (tensor, count) in vectors {
            self.tensor(name, tensor, *count, Layout::Vector)?;
        }
        let to = self.plan.maps[from];
        self.step(what, from, start, to)
    }

    fn plain(&mut self, what: What, from: usize, to: Shape) -> Result<usize, NetError> {
        let start = self.plan.parameters;
        self.step(what, from, start, to)
    }

    fn step(
        &mut self,
        what: What,
        from: usize,
        start: usize,
        shape: Shape,
    ) -> Result<usize, NetError> {
        let plan = &mut self.plan;
        let to = plan.maps.len();
        let end = plan.numbers().saturating_add(shape.count());
        fits(end, MOST_OF_MAPS)?;
        plan.maps.push(shape);
        plan.offsets.push(end);
        plan.steps.push(Step {
            what,
            from,
            to,
            parameters: start..plan.parameters,
        });
        Ok(to)
    }

    fn tensor(
        &mut self,
        layer: &str,
        name: &str,
        count: usize,
        layout: Layout,
    ) -> Result<(), NetError> {
        let plan = &mut self.plan;
        let end = plan.parameters.saturating_add(count);
        fits(end, MOST_OF_PARAMETERS)?;
        plan.tensors.push(Weights {
            name: format!("{layer}.{name}"),
            range: plan.parameters..end,
            layout,
        });
        plan.parameters = end;
        Ok(())
    }
}

fn at_least_one(layer: &str, name: &'static str, found: usize) -> Result<usize, NetError> {
    if found == 0 {
        return Err(out_of_range(layer, name, &found, "a number of at least 1"));
    }
    Ok(found)
}

fn finite(layer: &str, name: &'static str, found: f64) -> Result<(), NetError> {
    if found.is_finite() {
        return Ok(());
    }
    Err(out_of_range(layer, name, &found, "a finite number"))
}

fn out_of_range(
    layer: &str,
    name: &'static str,
    found: &dyn std::fmt::Display,
    allowed: &'static str,
) -> NetError {
    NetError::Layer {
        layer: layer.to_owned(),
        name,
        found: found.to_string(),
        allowed,
    }
}
